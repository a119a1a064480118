import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { LocalRunner } from '../orchestrator/sandbox/local-runner.ts';
import { openedLate } from '../orchestrator/wire-local-runner.ts';

test('closing the runner interrupts an image build that is under way, and waits for its end', async () => {
  let ended = false;
  const runner = openedLate(async (closing) => {
    await once(closing, 'abort');
    await new Promise(setImmediate);
    ended = true;
    throw closing.reason;
  });
  const ready = assert.rejects(runner.ready(), /closing/);
  await runner[Symbol.asyncDispose]();
  assert.equal(ended, true);
  await ready;
});

test('a runner that was opened is closed with its owner, and not opened again', async () => {
  const calls: string[] = [];
  const opened: LocalRunner = {
    ready: async () => ({ kind: 'ready' }),
    run: async () => assert.fail('a run was started'),
    [Symbol.asyncDispose]: async () => {
      calls.push('closed');
    },
  };
  const runner = openedLate(async () => {
    calls.push('opened');
    return opened;
  });
  assert.deepEqual(await runner.ready(), { kind: 'ready' });
  await runner[Symbol.asyncDispose]();
  await assert.rejects(runner.ready(), /closing/);
  assert.deepEqual(calls, ['opened', 'closed']);
});
