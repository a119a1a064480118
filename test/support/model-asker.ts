/** What the tests of the model ask, with waits short enough for a test. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { ModelOptions } from '../../orchestrator/keys/model-caller.ts';
import { createModel } from '../../orchestrator/keys/model.ts';
import { Fault } from '../../orchestrator/outcome.ts';
import type { DraftRequest } from '../../orchestrator/ports/model.ts';
import { type Answer, type ModelServer, startModelServer } from './model-server.ts';

/** Must never be seen again. */
export const apiKey = 'sk-test-canary-0123456789abcdef';
export const name = 'gpt-4-0125-preview';
export const never = new AbortController().signal;

export const request: DraftRequest = {
  title: 'Fix the sum',
  description: 'add(1, 2) gives 4',
  testCommand: 'python3 -m pytest -q tests',
  allowedSuffixes: ['.py'],
  files: [{ path: 'calc.py', text: 'def add(a, b):\n    return a + b + 1\n' }],
  otherPaths: ['README.md'],
  earlier: [],
};

export function modelOf(server: Pick<ModelServer, 'baseUrl'>, more: Partial<ModelOptions> = {}) {
  const quick = { timeoutMs: 5_000, backoffMs: 1, maxRetryAfterMs: 5, checkTimeoutMs: 5_000 };
  return createModel({ apiKey, baseUrl: server.baseUrl, model: name, ...quick, ...more });
}

export async function draftWith(script: readonly Answer[], more: Partial<ModelOptions> = {}) {
  await using server = await startModelServer({ script, apiKey });
  const drafted = await modelOf(server, more).draft(request, never);
  assert.deepEqual(server.violations, []);
  return { drafted, requests: server.requests };
}

export async function refusalOf(script: readonly Answer[], more: Partial<ModelOptions> = {}) {
  const { drafted, requests } = await draftWith(script, more);
  assert.equal(drafted.kind, 'refused');
  return { ...drafted, requests: requests.length };
}

export async function faultOf(script: readonly Answer[], more: Partial<ModelOptions> = {}) {
  await using server = await startModelServer({ script, apiKey });
  const error = await modelOf(server, more)
    .draft(request, never)
    .then(
      () => assert.fail('it should have thrown'),
      (thrown: unknown) => thrown,
    );
  assert.ok(error instanceof Fault, inspect(error));
  assert.equal(error.code, 'ai_core_unavailable');
  assert.ok(!inspect(error, { depth: null, showHidden: true }).includes(apiKey), 'the key is in the error');
  return { error, requests: server.requests.length };
}
