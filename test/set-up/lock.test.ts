import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withLock } from '../../orchestrator/set-up/lock.ts';

const { signal } = new AbortController();
const module = join(import.meta.dirname, '../../orchestrator/set-up/lock.ts');

async function scratch(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

test('work under one lock never overlaps', async () => {
  await using directory = await scratch();
  let inside = 0;
  const work = async () => {
    assert.equal(++inside, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside--;
  };
  await Promise.all([1, 2, 3].map(() => withLock(join(directory.path, 'lock'), signal, work)));
});

test('a holder that is killed lets go of the lock', async () => {
  await using directory = await scratch();
  const path = join(directory.path, 'lock');
  const script = `
    import { withLock } from ${JSON.stringify(module)};
    await withLock(${JSON.stringify(path)}, new AbortController().signal, async () => {
      console.log('locked');
      await new Promise((resolve) => setTimeout(resolve, 300_000));
    });`;
  const holder = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  holder.kill('SIGKILL');
  assert.equal(await withLock(path, signal, async () => 'ours'), 'ours');
});

test('waiting for a lock ends with an abort', async () => {
  await using directory = await scratch();
  const path = join(directory.path, 'lock');
  const stop = new AbortController();
  await withLock(path, signal, async () => {
    const waiting = withLock(path, stop.signal, () => Promise.reject(new Error('must not run')));
    stop.abort(new Error('stopped'));
    await assert.rejects(waiting, /stopped/);
  });
});

test('the lock is free again after work that failed', async () => {
  await using directory = await scratch();
  const path = join(directory.path, 'lock');
  await assert.rejects(
    withLock(path, signal, () => Promise.reject(new Error('work failed'))),
    /work failed/,
  );
  assert.equal(await withLock(path, signal, async () => 1), 1);
});
