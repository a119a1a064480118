import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import type { ModelOptions } from '../../orchestrator/keys/model-caller.ts';
import { type Answer, startModelServer } from '../support/model-server.ts';
import { apiKey, modelOf, name, never, request } from '../support/model-asker.ts';

async function checkWith(modelsAnswer: Answer | null, more: Partial<ModelOptions> = {}) {
  const known = modelsAnswer === null ? { models: [name] } : { modelsAnswer };
  await using server = await startModelServer({ script: [], apiKey, ...known });
  return await modelOf(server, more).check(never);
}

test('the check knows a model that is there', async () => {
  assert.deepEqual(await checkWith(null), { kind: 'available' });
});

test('the check refuses a model that is not there and a key that is not taken', async () => {
  const missing = await checkWith(null, { model: 'gpt-none' });
  assert.equal(missing.kind === 'refused' && missing.code, 'ai_core_unavailable');
  assert.match(missing.kind === 'refused' ? missing.reason : '', /gpt-none.*SELF_CODING_MODEL/);
  const locked = await checkWith(null, { apiKey: 'sk-another-key' });
  assert.match(locked.kind === 'refused' ? locked.reason : '', /OPENAI_API_KEY/);
});

test('the check says unknown where a server has no such path or answers nonsense', async () => {
  const html: Answer = { kind: 'raw', contentType: 'text/html', body: '<html>' };
  const odd: readonly Answer[] = [
    html,
    { kind: 'raw', body: '{}' },
    { kind: 'raw', body: '{"id"' },
    { kind: 'half_body' },
  ];
  for (const answer of odd) assert.deepEqual(await checkWith(answer), { kind: 'unknown' });
  for (const status of [404, 405, 429, 500]) {
    assert.deepEqual(await checkWith({ kind: 'status', status }), { kind: 'unknown' });
  }
});

test('the check does not sit out a long pause that a busy server asks for', async () => {
  const busy: Answer = { kind: 'status', status: 503, retryAfter: '3600' };
  assert.deepEqual(await checkWith(busy, { maxRetryAfterMs: 3_600_000, checkTimeoutMs: 1_000 }), { kind: 'unknown' });
});

test('the check throws a fault when the server hangs or is not there', async () => {
  await assert.rejects(checkWith({ kind: 'hang' }, { checkTimeoutMs: 100 }), {
    name: 'Fault',
    code: 'ai_core_unavailable',
  });
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const address = closed.address();
  closed.close();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const gone = modelOf({ baseUrl: `http://127.0.0.1:${port}/v1` });
  await assert.rejects(gone.check(never), { name: 'Fault', code: 'ai_core_unavailable' });
  await assert.rejects(gone.draft(request, never), /can't be reached/);
});
