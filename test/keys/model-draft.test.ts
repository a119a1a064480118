import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { startModelServer } from '../support/model-server.ts';
import { draftWith, modelOf, refusalOf, request } from '../support/model-asker.ts';

test('Retry-After is honoured in both its forms, up to the limit', async () => {
  for (const retryAfter of ['86400', new Date(Date.now() + 86_400_000).toUTCString()]) {
    const waits: unknown[] = [];
    const log = pino({ base: null }, { write: (line) => void waits.push(JSON.parse(line)) });
    await draftWith([{ kind: 'status', status: 429, retryAfter }, 'ok'], { log, maxRetryAfterMs: 7 });
    assert.deepEqual(
      waits.map((wait) => (typeof wait === 'object' && wait !== null && 'waitMs' in wait ? wait.waitMs : null)),
      [7],
    );
  }
});

test('a refused key, a missing model and a rejected request are refused, and say what to set', async () => {
  for (const [status, hint] of [
    [401, /OPENAI_API_KEY/],
    [403, /OPENAI_API_KEY/],
    [404, /SELF_CODING_MODEL/],
    [400, /scripted 400/],
  ] as const) {
    const refusal = await refusalOf([{ kind: 'status', status }]);
    assert.equal(refusal.code, 'ai_core_unavailable');
    assert.match(refusal.reason, hint);
    assert.equal(refusal.requests, 1);
  }
});

test('a redirect is not followed, so the key stays with the server it was meant for', async () => {
  await using elsewhere = await startModelServer({ script: ['gotcha'] });
  const refusal = await refusalOf([{ kind: 'redirect', to: `${elsewhere.baseUrl}/chat/completions` }]);
  assert.equal(refusal.code, 'ai_core_unavailable');
  assert.equal(elsewhere.requests.length, 0);
});

test('a cancelled draft ends with the reason of the cancellation, also between two tries', async () => {
  for (const answer of [{ kind: 'hang' }, { kind: 'status', status: 500 }] as const) {
    await using server = await startModelServer({ script: [answer] });
    const cancel = new AbortController();
    const drafting = modelOf(server, { backoffMs: 60_000, maxRetryAfterMs: 60_000 }).draft(request, cancel.signal);
    setTimeout(() => cancel.abort(new Error('cancelled by hand')), 40);
    await assert.rejects(drafting, /cancelled by hand/);
  }
});
