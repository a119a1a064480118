import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { processName } from '../../orchestrator/set-up/running-dockerd.ts';
import { SetUpError } from '../../orchestrator/set-up/set-up-error.ts';
import { type Dockerd, startDockerd } from '../../orchestrator/set-up/start-dockerd.ts';

const { signal } = new AbortController();

/** An engine that answers a moment after it was started and keeps what it was given. */
const engine = (directory: string) => `
  const { createServer } = require('node:http');
  const { writeFileSync } = require('node:fs');
  writeFileSync(${JSON.stringify(join(directory, 'facts.json'))}, JSON.stringify({ pid: process.pid, env: process.env }));
  const answers = { '/_ping': '"OK"', '/version': '{"Version":"1.2.3","Arch":"amd64"}' };
  setTimeout(() => createServer((request, response) => response.end(answers[request.url]))
    .listen(${JSON.stringify(join(directory, 'docker.sock'))}), 300);`;

async function scratch(
  script: (directory: string) => string,
): Promise<{ dockerd: Dockerd; directory: string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  const dockerd: Dockerd = {
    socketPath: join(directory, 'docker.sock'),
    command: [process.execPath, '--eval', script(directory)],
    bySystemd: false,
    pidFile: join(directory, 'docker.pid'),
    containerdPidFile: join(directory, 'containerd.pid'),
    log: join(directory, 'log'),
  };
  return { dockerd, directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

test('an engine that was left with a stale pid file is started, and stays when set-up is over', async () => {
  await using place = await scratch(engine);
  const { dockerd, directory } = place;
  await writeFile(dockerd.pidFile, String(process.pid));
  assert.deepEqual(await startDockerd(dockerd, signal), { kind: 'answers', version: '1.2.3', architecture: 'amd64' });
  const facts: unknown = JSON.parse(await readFile(join(directory, 'facts.json'), 'utf8'));
  assert.ok(typeof facts === 'object' && facts !== null && 'pid' in facts && 'env' in facts);
  const pid = Number(facts.pid);
  try {
    assert.notEqual(await processName(pid), null);
    await assert.rejects(stat(dockerd.pidFile), { code: 'ENOENT' });
    // A session of its own: field 6 of proc(5)'s stat, counted from behind the name.
    const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
    assert.equal(Number(fields[3]), pid);
    assert.deepEqual(Object.keys(facts.env ?? {}), ['PATH'], 'no key of ours is in its environment');
  } finally {
    process.kill(pid, 'SIGKILL');
  }
});

test('an engine that ends instead of answering is reported with the end of its log', async () => {
  await using place = await scratch(() => `console.error('no room for cgroups'); process.exit(1)`);
  await assert.rejects(startDockerd(place.dockerd, signal), (error: unknown) => {
    assert.ok(error instanceof SetUpError);
    assert.match(error.message, /ended instead of answering[^]*no room for cgroups/);
    return true;
  });
});
