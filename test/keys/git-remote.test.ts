import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtempDisposable, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRemote } from '../../orchestrator/keys/git-remote.ts';
import type { Repository } from '../../orchestrator/ports/git.ts';

const token = 'ghs_CanaryTokenOfThisTest0123456789';

async function remoteOf(repository: Repository, url = 'https://github.com') {
  const state = await mkdtempDisposable(join(tmpdir(), 'self-coding-state-'));
  const asked: string[] = [];
  const options = {
    stateDir: state.path,
    github: { url },
    token: (of: Repository) => {
      asked.push(of.id);
      return Promise.resolve(token);
    },
  };
  const remote = await openRemote(options, repository, new AbortController().signal);
  const dispose = async () => {
    await remote[Symbol.asyncDispose]();
    await state.remove();
  };
  return { remote, asked, [Symbol.asyncDispose]: dispose };
}

test('askpass answers two exact questions and no other', async () => {
  await using given = await remoteOf({ kind: 'remote', id: 'https://github.com/acme/x' });
  const ask = (prompt: string) =>
    new Promise<string | null>((resolve) => {
      execFile(given.remote.env['GIT_ASKPASS'] ?? '', [prompt], { env: given.remote.env }, (error, stdout) =>
        resolve(error === null ? stdout : null),
      );
    });
  assert.equal(await ask("Username for 'https://github.com': "), 'x-access-token\n');
  assert.equal(await ask("Password for 'https://x-access-token@github.com': "), `${token}\n`);
  const others = [
    "Username for 'https://evil.example': ",
    "Password for 'https://x-access-token@evil.example': ",
    "Password for 'http://x-access-token@github.com': ",
    "Password for 'https://x-access-token@github.com:8443': ",
    "Password for 'https://x-access-token@github.com.evil.example': ",
    "Password for 'https://someone@github.com': ",
    "Password for 'https://github.com': ",
    "prefix Password for 'https://x-access-token@github.com': ",
    "Password for 'https://x-access-token@github.com': suffix",
    '*',
    '',
  ];
  for (const prompt of others) assert.equal(await ask(prompt), null, prompt);
});

test('askpass is private, holds no token, and is gone afterwards', async () => {
  const given = await remoteOf({ kind: 'remote', id: 'https://github.com/acme/x' });
  const script = given.remote.env['GIT_ASKPASS'] ?? '';
  assert.equal((await stat(script)).mode & 0o777, 0o700);
  await given[Symbol.asyncDispose]();
  assert.ok(!existsSync(script));
});

test('the token is asked for the forge alone: scheme, host and port must be its own', async () => {
  const strangers = [
    'https://github.com:8443/acme/x',
    'https://github.com.evil.example/acme/x',
    'https://gitlab.example/acme/x',
    'http://localhost/acme/x',
  ];
  for (const id of strangers) {
    await using given = await remoteOf({ kind: 'remote', id });
    assert.deepEqual(given.asked, []);
    assert.equal(given.remote.token, null);
    assert.deepEqual(Object.keys(given.remote.env), ['GIT_ALLOW_PROTOCOL']);
  }
  await using own = await remoteOf(
    { kind: 'remote', id: 'https://ghe.example:8443/acme/x' },
    'https://ghe.example:8443/',
  );
  assert.deepEqual(own.asked, ['https://ghe.example:8443/acme/x']);
});

test('a local repository gets no token and only the file protocol', async () => {
  await using given = await remoteOf({ kind: 'local', id: '/srv/a "quoted" \\ name' });
  assert.deepEqual(given.asked, []);
  assert.equal(given.remote.env['GIT_ALLOW_PROTOCOL'], 'file');
  assert.ok(!JSON.stringify(given.remote.env).includes(token));
});

test('what a remote said is scrubbed of the token in its usual encodings', async () => {
  await using given = await remoteOf({ kind: 'remote', id: 'https://github.com/acme/x' });
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const said = given.remote.scrub(`you are ${token} / ${basic}`);
  assert.ok(!said.includes(token));
  assert.ok(!said.includes(basic));
});
