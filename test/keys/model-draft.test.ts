import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { type Answer, startModelServer } from '../support/model-server.ts';
import { apiKey, draftWith, faultOf, modelOf, refusalOf, request } from '../support/model-asker.ts';

test('an answer that breaks off half-way every time is model_output_invalid', async () => {
  const refusal = await refusalOf([{ kind: 'half_body' }]);
  assert.equal(refusal.code, 'model_output_invalid');
  assert.equal(refusal.requests, 3);
});

test('an answer over the size limit is model_output_invalid and not read to its end', async () => {
  const refusal = await refusalOf([{ kind: 'huge', bytes: 3_000_000 }], { maxAnswerBytes: 1_000_000 });
  assert.equal(refusal.code, 'model_output_invalid');
  assert.match(refusal.reason, /too large/);
  assert.equal(refusal.requests, 1);
});

for (const status of [429, 500, 503]) {
  test(`${status} three times is a fault, and twice is not`, async () => {
    const busy: Answer = { kind: 'status', status };
    const { error, requests } = await faultOf([busy, busy, busy, 'too late']);
    assert.equal(requests, 3);
    assert.match(error.message, new RegExp(`answered ${status}`));
    const { drafted } = await draftWith([busy, busy, 'just in time']);
    assert.equal(drafted.kind === 'drafted' && drafted.usage.requests, 3);
  });
}

test('a connection that is reset three times is a fault, and twice is not', async () => {
  assert.equal((await faultOf([{ kind: 'reset' }])).requests, 3);
  const { drafted } = await draftWith([{ kind: 'reset' }, { kind: 'half_body' }, 'at last']);
  assert.equal(drafted.kind, 'drafted');
});

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

test('an account without credit is refused at once: waiting would not help', async () => {
  const refusal = await refusalOf([{ kind: 'status', status: 429, code: 'insufficient_quota' }]);
  assert.equal(refusal.code, 'ai_core_unavailable');
  assert.equal(refusal.requests, 1);
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

test('a server that hangs is given up after the timeout', async () => {
  const { error, requests } = await faultOf([{ kind: 'hang' }], { timeoutMs: 60 });
  assert.equal(requests, 1);
  assert.match(error.message, /in time/);
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

test('a server that says the key back to us does not get it into a reason, an error or a log line', async () => {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line) => void lines.push(line) });
  const body = JSON.stringify({ error: { message: `bad key ${apiKey} (${Buffer.from(apiKey).toString('base64')})` } });
  const refusal = await refusalOf([{ kind: 'raw', status: 400, body }], { log });
  const { error } = await faultOf([{ kind: 'raw', status: 500, body }], { log });
  const all = `${refusal.reason}${inspect(error, { depth: null })}${lines.join('')}`;
  assert.equal(lines.length, 2);
  assert.ok(!all.includes(apiKey) && !all.includes(Buffer.from(apiKey).toString('base64')));
  assert.match(all, /redacted/);
});
