import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureDocker, findDocker, howToGetDocker } from '../../orchestrator/set-up/docker.ts';
import { askEngine } from '../../orchestrator/set-up/engine.ts';
import type { Host } from '../../orchestrator/set-up/host.ts';
import { SetUpError } from '../../orchestrator/set-up/set-up-error.ts';

const host: Host = { platform: 'linux', isRoot: false, distributions: ['debian'], hasSystemd: false };
const say = () => assert.fail('nothing may be tried');
const { signal } = new AbortController();

async function scratch(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('where no engine answers and set-up may not install one, it stops and says what to do', async () => {
  await using directory = await scratch();
  const socketPath = join(directory.path, 'docker.sock');
  await assert.rejects(ensureDocker({ socketPath, host, say }, signal), (error: unknown) => {
    assert.ok(error instanceof SetUpError);
    assert.match(error.message, /no Docker Engine answers at .*ENOENT/);
    assert.match(error.remedy, /SELF_CODING_DOCKER_SOCKET/);
    return true;
  });
});

test('a root who names a socket of his own gets no other engine instead', async () => {
  await using directory = await scratch();
  const socketPath = join(directory.path, 'docker.sock');
  await assert.rejects(ensureDocker({ socketPath, host: { ...host, isRoot: true }, say }, signal), SetUpError);
});

test('a path that is no socket is no engine', async () => {
  await using directory = await scratch();
  const socketPath = join(directory.path, 'docker.sock');
  await writeFile(socketPath, '');
  assert.deepEqual(await askEngine(socketPath), { kind: 'silent', why: 'ECONNREFUSED' });
  await assert.rejects(findDocker({ socketPath, host }), SetUpError);
});

test('the remedy fits the machine', () => {
  const socket = '/var/run/docker.sock';
  assert.match(howToGetDocker(host, socket), /apt-get install docker\.io/);
  assert.match(howToGetDocker({ ...host, distributions: ['fedora'] }, socket), /docs\.docker\.com\/engine/);
  assert.match(howToGetDocker({ ...host, platform: 'darwin' }, socket), /Docker Desktop/);
});
