import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refuse } from '../../orchestrator/outcome.ts';
import { conclude } from '../../orchestrator/sandbox/conclude.ts';
import { baseId, treeId } from '../support/bundles.ts';

const bundle = { manifest: { version: 1 as const, base: baseId, tree: treeId, tools: {} }, patch: new Uint8Array() };
const all = { bundle, complete: true };
const ended = { running: false, exitCode: 0, oomKilled: false };
const closed = { kind: 'closed' as const, cause: null };

test('the tests’ exit code is the run’s', () => {
  assert.deepEqual(conclude(closed, { ...ended, exitCode: 7 }, all), { kind: 'ended', end: 'exited', exitCode: 7 });
});

test('an exit code of 0 is no pass when the daemon saw a process killed for memory', () => {
  assert.deepEqual(conclude(closed, { ...ended, oomKilled: true }, all), { kind: 'ended', end: 'oom', exitCode: 0 });
});

test('a run killed for memory before its bundle came is out of memory, not without a bundle', () => {
  const end = conclude(closed, { ...ended, exitCode: 137, oomKilled: true }, { bundle: null, complete: false });
  assert.deepEqual(end, { kind: 'ended', end: 'oom', exitCode: 137 });
});

test('an exit code of 137 alone does not mean that memory ran out', () => {
  assert.deepEqual(conclude(closed, { ...ended, exitCode: 137 }, all), { kind: 'ended', end: 'exited', exitCode: 137 });
});

test('our own kill is told as such, without the exit code that it made', () => {
  for (const kind of ['out_of_time', 'output_limit'] as const) {
    assert.deepEqual(conclude({ kind }, { ...ended, exitCode: 137 }, all), {
      kind: 'ended',
      end: kind,
      exitCode: null,
    });
  }
});

test('a refusal while reading stands, whatever else happened', () => {
  const refused = refuse('bundle_invalid', 'x');
  assert.equal(conclude(refused, { ...ended, oomKilled: true }, all), refused);
});

test('an output that ends while the sandbox runs is not taken for all of it', () => {
  const end = conclude(closed, { ...ended, running: true }, all);
  assert.equal(end.kind === 'refused' && end.code, 'sandbox_crash');
});

test('an end before the first part is bundle_missing, and says at which step', () => {
  for (const [exitCode, step] of [
    [70, /parcel/],
    [71, /clone/],
    [72, /apply/],
    [73, /export/],
    [1, /exit code 1/],
  ] as const) {
    const end = conclude(closed, { ...ended, exitCode }, { bundle: null, complete: false });
    assert.equal(end.kind === 'refused' && end.code, 'bundle_missing');
    assert.match(end.kind === 'refused' ? end.reason : '', step);
  }
});

test('an end in the middle of the second part is bundle_invalid', () => {
  const end = conclude(closed, ended, { bundle, complete: false });
  assert.equal(end.kind === 'refused' && end.code, 'bundle_invalid');
});
