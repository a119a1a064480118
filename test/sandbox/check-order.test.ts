import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SandboxOrder } from '../../orchestrator/ports/sandbox.ts';
import { checkOrder } from '../../orchestrator/sandbox/check-order.ts';
import { baseId } from '../support/bundles.ts';
import { sandboxPolicy } from '../support/sandbox-policy.ts';

const policy = await sandboxPolicy({ parcel: { packBytes: 10, diffBytes: 5, testCommandBytes: 8 } });
const order: SandboxOrder = {
  jobId: 'j',
  role: 'patched',
  environment: 'default',
  testCommand: 'make',
  wallClockSeconds: 10,
  base: baseId,
  pack: new Uint8Array(10),
  diff: new Uint8Array(5),
};

test('an order at every cap may go in, as may one without tests', () => {
  assert.equal(checkOrder(order, policy), null);
  assert.equal(checkOrder({ ...order, testCommand: null }, policy), null);
});

test('what is larger than the policy allows is refused before a container is made', () => {
  assert.equal(checkOrder({ ...order, pack: new Uint8Array(11) }, policy)?.code, 'repo_unsupported');
  assert.equal(checkOrder({ ...order, diff: new Uint8Array(6) }, policy)?.code, 'diff_too_large');
  assert.equal(checkOrder({ ...order, testCommand: 'ääääX' }, policy)?.code, 'tests_not_run');
});

test('a command with a NUL, which the shell would cut there, is refused', () => {
  assert.equal(checkOrder({ ...order, testCommand: 'a\0b' }, policy)?.code, 'tests_not_run');
});

test('an environment that does not exist and a base that is no id are refused', () => {
  assert.equal(checkOrder({ ...order, environment: '../x' }, policy)?.code, 'environment_failed');
  assert.equal(checkOrder({ ...order, base: 'HEAD' }, policy)?.code, 'repo_unsupported');
});
