import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { never, openOnce, setUp, token } from '../support/github-asker.ts';

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { publicKey } = pair;
const pem = (type: 'pkcs1' | 'pkcs8', { privateKey } = pair) => String(privateKey.export({ type, format: 'pem' }));
const asApp = (privateKey = pem('pkcs1')) => ({ token: null, publicKey, app: { id: 123456, privateKey } });

describe('tokens for GitHub', { concurrency: true }, () => {
  test('an App opens a pull request with a token for this repository and two permissions only', async () => {
    await using github = await setUp(asApp());
    assert.equal((await openOnce(github)).kind, 'opened');
    assert.equal(github.server.tokens.length, 1);
    const [minted] = github.server.tokens;
    assert.deepEqual(minted?.repositories, ['acme/widgets']);
    assert.deepEqual(minted?.permissions, { contents: 'write', pull_requests: 'write' });
  });

  test('an App’s key is taken as GitHub gives it, as PKCS #8, and on one line', async () => {
    for (const key of [pem('pkcs1'), pem('pkcs8'), pem('pkcs8').replaceAll('\n', String.raw`\n`)]) {
      await using github = await setUp(asApp(key));
      assert.match((await github.auth.token(github.repository)) ?? '', /^ghs_/);
    }
  });

  test('a minted token is used again, and is scrubbed from then on', async () => {
    await using github = await setUp(asApp());
    const first = await github.auth.token(github.repository);
    assert.equal(await github.auth.token(github.repository), first);
    assert.equal(github.server.tokens.length, 1);
    assert.equal(github.scrubber.scrub(`push with ${first}`), 'push with «redacted»');
  });

  test('a token of one repository is not used for another', async () => {
    await using github = await setUp(asApp());
    const widgets = await github.auth.token(github.repository);
    const secrets = await github.auth.token({ kind: 'remote', id: `${github.server.webUrl}/acme/secrets` });
    assert.notEqual(widgets, secrets);
    assert.deepEqual(
      github.server.tokens.map(({ repositories }) => repositories),
      [['acme/widgets'], ['acme/secrets']],
    );
  });

  test('a wrong key of the App is push_rejected, and is in no message', async () => {
    const key = pem('pkcs8', other);
    await using github = await setUp(asApp(key));
    const refused = await openOnce(github);
    assert.equal(refused.kind === 'refused' && refused.code, 'push_rejected');
    assert.ok(!`${inspect(refused)}${github.logged.join('')}`.includes(key.split('\n')[1] ?? key));
    assert.equal(await github.auth.token(github.repository), null);
    assert.ok(github.logged.some((line) => line.includes('no GitHub token for this repository')));
  });

  test('an App that is not installed on the repository is push_rejected', async () => {
    await using github = await setUp({ ...asApp(), repository: { installed: false } });
    const refused = await openOnce(github);
    assert.equal(refused.kind === 'refused' && refused.code, 'push_rejected');
  });

  test('GitHub in trouble while a token is minted is a fault', async () => {
    await using github = await setUp(asApp());
    for (const operation of ['apps/get-repo-installation', 'apps/create-installation-access-token']) {
      github.server.faults.push({ operation, kind: 'status', status: 503 });
      await assert.rejects(openOnce(github), { name: 'Fault', code: 'forge_unavailable' });
    }
    assert.equal((await openOnce(github)).kind, 'opened');
  });

  test('the fixed token goes to repositories under this GitHub only', async () => {
    await using github = await setUp();
    const { webUrl } = github.server;
    const give = (id: string, kind: 'local' | 'remote' = 'remote') => github.auth.token({ kind, id }, never);
    for (const id of [`${webUrl}/acme/widgets`, `${webUrl}/acme/widgets.git`, `${webUrl}/acme/widgets/`]) {
      assert.equal(await give(id), token);
    }
    const elsewhere = [
      'https://evil.example/acme/widgets',
      `${webUrl}.evil.example/acme/widgets`,
      webUrl.replace('http://', 'https://') + '/acme/widgets',
      webUrl.replace(/\d+$/, '1') + '/acme/widgets',
      webUrl.replace('http://', 'http://user@evil.example:80#') + '/acme/widgets',
      `${webUrl}/acme`,
      `${webUrl}/acme/widgets/pulls`,
      `${webUrl}/acme/..%2fx`,
      'not a url',
    ];
    for (const id of elsewhere) assert.equal(await give(id), null, id);
    assert.equal(await give('/srv/repos/widgets', 'local'), null);
  });
});
