import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { EngineFailed, followEngine } from '../../orchestrator/set-up/engine-messages.ts';

test('lines are put together from whatever pieces they come in', async () => {
  const pieces = ['{"status":"Pul', 'ling"}\n{"stream":"Step 1\\n"}', '\r\n'];
  assert.deepEqual(await followEngine(Readable.from(pieces)), ['Pulling', 'Step 1']);
});

test('an error is thrown with what was said before it, and only at the end', async () => {
  const seen: (string | undefined)[] = [];
  const pieces = ['{"stream":"the reason\\n"}\n', '{"error":"code 7"}\n', '{"stream":"removed\\n"}\n'];
  const following = followEngine(Readable.from(pieces), ({ stream }) => seen.push(stream));
  await assert.rejects(following, (error: unknown) => {
    assert.ok(error instanceof EngineFailed);
    assert.equal(error.message, 'code 7\nthe reason\nremoved');
    return true;
  });
  assert.deepEqual(seen, ['the reason\n', undefined, 'removed\n']);
});

test('only the last lines of a long build are kept', async () => {
  const lines = Array.from({ length: 5000 }, (_, index) => `{"stream":"line ${index}"}\n`);
  const kept = await followEngine(Readable.from(lines));
  assert.equal(kept.length, 40);
  assert.equal(kept.at(-1), 'line 4999');
});

test('an answer that is none is an error', async () => {
  await assert.rejects(followEngine(Readable.from(['<html>'])), SyntaxError);
});
