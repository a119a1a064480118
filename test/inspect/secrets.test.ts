/** Values are put together here, so that no scanner takes this file for a leak. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspectSecrets } from '../../orchestrator/inspect/secrets.ts';
import { createScrubber } from '../../orchestrator/keys/scrub.ts';
import { addedTo, rules } from './given.ts';

const own = 'sk-own-canary-0123456789abcdef';
const { find } = createScrubber([own]);

async function verdict(after: string, before: string | null = null, allowed: readonly string[] = []): Promise<string> {
  const policy = { ...rules.policy, secrets: { allowed: [...allowed] } };
  const refused = await inspectSecrets('a.py', addedTo(before, after), { ...rules, policy, findSecret: find });
  if (refused === null) return 'fine';
  assert.ok(!refused.reason.includes(own), 'a refusal never shows the secret');
  return `${refused.code}:${refused.detail}`;
}

const some = (length: number, letters = 'aB3dE5gH7jK9mN1pQ2sT4vW6xY8z') => letters.repeat(9).slice(0, length);
const leaks: Readonly<Record<string, string>> = {
  'an AWS access key': `id = "AKIA${some(16, 'QWERTYUIOP234567')}"`,
  'an AWS secret key': `aws_secret_access_key = "${some(40)}"`,
  'a private key': '-----BEGIN OPENSSH PRIVATE KEY-----',
  'a JSON Web Token': `t = "eyJ${some(20)}.eyJ${some(30)}.${some(40)}"`,
  'a token of GitHub': `t = "ghp_${some(36)}"`,
  'a fine-grained token of GitHub': `t = "github_pat_${some(22)}_${some(59)}"`,
  'a token of GitLab': `t = "glpat-${some(20)}"`,
  'a key of OpenAI': `t = "sk-proj-${some(60)}"`,
  'a key of Google': `t = "AIza${some(35)}"`,
  'a live key of Stripe': `t = "sk_live_${some(24)}"`,
  'a token of Slack': `t = "xoxb-${some(12, '1234567890')}-${some(13, '1234567890')}-${some(24)}"`,
  'a webhook of Slack': `https://hooks.slack.com/services/T${some(8, 'ABCDEFGH')}/B${some(8, 'ABCDEFGH')}/${some(24)}`,
  'a token of npm': `t = "npm_${some(36)}"`,
  'a password in a URL': `postgres://admin:${some(16)}@db.example.org/x`,
  'a random value with a telling name': `API_TOKEN = "${some(26, 'f9Kq2Zx7Lm4Wt8Rb3Vn6Hc1Jd5')}"`,
};

for (const [what, line] of Object.entries(leaks)) {
  test(`${what} in an added line is refused with path and line`, async () => {
    assert.equal(await verdict(`one\n${line}\n`, 'one\n'), 'diff_secret:a.py:2');
  });
}

const harmless = [
  `sha256 = "${'0123456789abcdef'.repeat(4)}"`,
  `"integrity": "sha512-${some(86)}=="`,
  'password = "changeme"',
  'token = os.environ["API_TOKEN"]',
  'aws_access_key_id = AKIAIOSFODNN7EXAMPLE',
  'postgres://postgres:postgres@localhost:5432/app',
  'https://example.org/a/b?c=d',
  'secret_name = "prod/database/credentials"',
  'class TokenBucketRateLimiterConfiguration: pass',
];

test('digests, placeholders, names and local passwords are fine', async () => {
  for (const line of harmless) assert.equal(await verdict(`${line}\n`), 'fine', line);
});

test('a comment of a scanner switches nothing off', async () => {
  const line = `t = "ghp_${some(36)}"`;
  for (const comment of ['# secretlint-disable', '// secretlint-disable-next-line', '# gitleaks:allow']) {
    assert.equal(await verdict(`${comment}\n${line}\n`), 'diff_secret:a.py:2', comment);
  }
  assert.equal(await verdict(`${line} # secretlint-disable-line\n`), 'diff_secret:a.py:1');
});

test("the engine's own secrets are found in every usual encoding, and in pieces", async () => {
  const bytes = Buffer.from(own);
  for (const form of [
    own,
    bytes.toString('base64'),
    Buffer.from(`user:${own}`).toString('base64'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    Array.from(own).toReversed().join(''),
    encodeURIComponent(own),
  ]) {
    assert.equal(await verdict(`one\nx = "${form}"\n`), 'diff_secret:a.py:2', form);
  }
  const [head, tail] = [own.slice(0, 12), own.slice(12)];
  assert.equal(await verdict(`x = "${head}" + "${tail}"\n`), 'diff_secret:a.py:1');
  assert.equal(await verdict(`y = 1\nx = ("${head}"\n     "${tail}")\n`), 'diff_secret:a.py:2');
});

test('what stood there before is not judged, and a value that policy knows is fine', async () => {
  const value = `ghp_${some(36)}`;
  assert.equal(await verdict(`t = "${value}"\ny = 2\n`, `t = "${value}"\n`), 'fine');
  assert.equal(await verdict(`t = "${value}"\n`, null, [value]), 'fine');
});

test('long hostile lines are judged in time that grows with their length', async () => {
  for (const unit of [
    'eyJ',
    'eyJaaaaaaaaaa.',
    'sk-',
    'password',
    'secret="',
    'https://a:',
    'AKIA',
    'A',
    '-----BEGIN ',
  ]) {
    const text = `${Array.from({ length: 100 }, () => unit.repeat(Math.floor(10_000 / unit.length))).join('\n')}\n`;
    assert.ok((await verdict(text)).length > 0);
  }
});
