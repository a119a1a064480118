import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { pino } from 'pino';
import { createLogStream, createScrubber, scrubError } from '../../orchestrator/keys/scrub.ts';

const secrets = fc.string({ minLength: 12, maxLength: 60 }).filter((secret) => secret.trim().length >= 12);

test('a secret is gone from any text, in plain and in every usual encoding', () => {
  fc.assert(
    fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
      const bytes = Buffer.from(secret);
      const forms = [secret, bytes.toString('hex'), bytes.toString('hex').toUpperCase(), encodeURIComponent(secret)];
      const { scrub } = createScrubber([secret]);
      for (const form of forms) assert.ok(!scrub(`${before}${form}${after}`).includes(form));
    }),
  );
});

test('a secret is gone from base64 wherever it starts in the encoded text', () => {
  const secret = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';
  const { scrub } = createScrubber([secret]);
  for (const user of ['', 'x', 'xy', 'x-access-token:']) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const header = `Basic ${Buffer.from(`${user}${secret}!`).toString(encoding)}`;
      const shown = scrub(header).replace('Basic ', '').replaceAll('«redacted»', '');
      assert.ok(scrub(header).includes('«redacted»'), header);
      assert.ok(!Buffer.from(shown, encoding).toString('latin1').includes(secret.slice(4, 12)));
    }
  }
});

test('a key in PEM is gone whole, line by line and as JSON writes it', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const lines = pem.split('\n').filter((line) => line.length > 40);
  for (const given of [pem, pem.replaceAll('\n', String.raw`\n`)]) {
    const { scrub } = createScrubber([given]);
    for (const text of [pem, JSON.stringify({ pem }), ...lines]) {
      for (const line of lines) assert.ok(!scrub(text).includes(line));
    }
  }
});

test('a text without a secret is left as it is, and so is everything when there is no secret', () => {
  assert.equal(createScrubber(['hunter2-hunter2']).scrub('nothing to see (.*)'), 'nothing to see (.*)');
  assert.equal(createScrubber([]).scrub('as it was'), 'as it was');
  assert.equal(createScrubber([null, 'a', '']).scrub('a banana'), 'a banana');
});

test('of two secrets the longer one goes first, so that no rest of it stays', () => {
  const { scrub } = createScrubber(['token-abc', 'token-abc-and-more']);
  assert.equal(scrub('<token-abc-and-more>'), '<«redacted»>');
});

test('a secret that is learned later is gone from then on', () => {
  const scrubber = createScrubber([]);
  scrubber.learn('minted-later-123');
  assert.equal(scrubber.scrub('minted-later-123'), '«redacted»');
});

test('a scrubbed error keeps its name, message and causes, and nothing that a client attached to it', () => {
  const secret = 'sk-very-secret-value';
  const cause = Object.assign(new Error(`inner ${secret}`), { request: { headers: { authorization: secret } } });
  const error = new TypeError(`outer ${secret}`, { cause });
  const scrubbed = scrubError(error, createScrubber([secret]));
  assert.equal(scrubbed.name, 'TypeError');
  assert.equal(scrubbed.message, 'outer «redacted»');
  assert.ok(scrubbed.cause instanceof Error);
  assert.equal(scrubbed.cause.message, 'inner «redacted»');
  assert.ok(!inspect(scrubbed, { depth: null, showHidden: true }).includes(secret));
  assert.equal(scrubError(`just ${secret}`, createScrubber([secret])).message, 'just «redacted»');
});

test('a log line carries no secret, in its message, its fields or its error', () => {
  const secret = 'sk-in-"quotes"-\\and-back';
  const lines: string[] = [];
  const stream = createLogStream(createScrubber([secret]), { write: (line) => lines.push(line) });
  const log = pino({ base: null }, stream);
  log.error({ err: new Error(`failed with ${secret}`), url: `http://x:${secret}@host/` }, `using ${secret}`);
  assert.equal(lines.length, 1);
  const line = lines[0] ?? '';
  assert.ok(!line.includes(secret) && !line.includes(JSON.stringify(secret).slice(1, -1)));
  assert.equal(JSON.parse(line).msg, 'using «redacted»');
});
