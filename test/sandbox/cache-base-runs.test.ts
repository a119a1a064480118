import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SandboxOrder, SandboxRun } from '../../orchestrator/ports/sandbox.ts';
import { cacheBaseRuns } from '../../orchestrator/sandbox/cache-base-runs.ts';

const order: SandboxOrder = {
  jobId: 'a',
  role: 'base',
  environment: 'default',
  testCommand: 'true',
  wallClockSeconds: 60,
  base: '1'.repeat(40),
  pack: new Uint8Array(),
  diff: new Uint8Array(),
};
const watch = { signal: new AbortController().signal, onLog: () => undefined };

function counting(over: Partial<SandboxRun> = {}) {
  const runs: SandboxOrder[] = [];
  const run: SandboxRun = {
    kind: 'ran',
    end: 'exited',
    exitCode: 1,
    bundle: { manifest: { version: 1, base: order.base, tree: order.base, tools: {} }, patch: new Uint8Array() },
    report: null,
    log: { head: new Uint8Array(), tail: new Uint8Array(), totalBytes: 0 },
    image: 'sha256:0',
    runtime: 'runc',
    timingsMs: { start: 1, bundle: 1, total: 1 },
    ...over,
  };
  const runner = cacheBaseRuns({
    ready: async () => ({ kind: 'ready' }),
    run: async (given) => {
      runs.push(given);
      return run;
    },
  });
  return { runner, runs };
}

test('the same base and command are run once', async () => {
  const { runner, runs } = counting();
  await runner.run(order, watch);
  await runner.run({ ...order, jobId: 'b' }, watch);
  assert.equal(runs.length, 1);
});

test('another commit, command or time limit is run anew', async () => {
  const { runner, runs } = counting();
  for (const over of [{}, { base: '2'.repeat(40) }, { testCommand: 'false' }, { wallClockSeconds: 61 }]) {
    await runner.run({ ...order, ...over }, watch);
  }
  assert.equal(runs.length, 4);
});

test('a run of a patched tree is never answered from memory', async () => {
  const { runner, runs } = counting();
  await runner.run({ ...order, role: 'patched' }, watch);
  await runner.run({ ...order, role: 'patched' }, watch);
  assert.equal(runs.length, 2);
});

for (const over of [{ end: 'out_of_time' }, { end: 'oom' }, { end: 'output_limit' }, { bundle: null }] as const) {
  test(`a run that was cut short is not remembered: ${JSON.stringify(over)}`, async () => {
    const { runner, runs } = counting(over);
    await runner.run(order, watch);
    await runner.run(order, watch);
    assert.equal(runs.length, 2);
  });
}
