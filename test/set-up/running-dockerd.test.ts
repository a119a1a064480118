import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findProgram } from '../../orchestrator/set-up/host.ts';
import {
  findRunningDockerd,
  processName,
  removeStalePidFile,
} from '../../orchestrator/set-up/running-dockerd.ts';

interface Scratch extends AsyncDisposable {
  readonly pidFile: string;
  /** A process that is called dockerd and does nothing. */
  start(...args: readonly string[]): Promise<number>;
  holds(pid: number | string): Promise<boolean>;
}

async function scratch(): Promise<Scratch> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  const children: ChildProcess[] = [];
  const program = join(directory, 'dockerd');
  const pidFile = join(directory, 'docker.pid');
  await copyFile((await findProgram('sleep')) ?? '', program);
  return {
    pidFile,
    async start(...args) {
      const child = spawn(program, ['300', ...args], { stdio: 'ignore' });
      children.push(child);
      await once(child, 'spawn');
      return child.pid ?? 0;
    },
    async holds(pid) {
      await writeFile(pidFile, String(pid));
      const removed = await removeStalePidFile(pidFile, 'dockerd');
      const stays = await access(pidFile).then(
        () => true,
        () => false,
      );
      assert.equal(stays, !removed);
      return stays;
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
      await rm(directory, { recursive: true });
    },
  };
}

test('a pid file that names a live dockerd stays', async () => {
  await using place = await scratch();
  assert.equal(await place.holds(await place.start()), true);
});

test('a pid file of a dead process, of another program, or of nonsense is removed', async () => {
  await using place = await scratch();
  const gone = spawn('true');
  await once(gone, 'close');
  assert.equal(await place.holds(gone.pid ?? 0), false);
  assert.equal(await place.holds(process.pid), false);
  assert.equal(await place.holds('nonsense'), false);
  assert.equal(await removeStalePidFile(place.pidFile, 'dockerd'), false, 'no file, nothing to remove');
});

test('a zombie counts as dead', async () => {
  // The shell becomes a sleep, which never asks after the shell's child.
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 300'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const [said] = await once(parent.stdout, 'data');
    while ((await processName(parent.pid ?? 0)) !== 'sleep') await new Promise((resolve) => setTimeout(resolve, 5));
    const zombie = Number(String(said));
    for (let i = 0; i < 400 && (await processName(zombie)) !== null; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(await processName(zombie), null);
  } finally {
    parent.kill('SIGKILL');
  }
});

test('a dockerd that serves our socket is found, and one that serves another is not', async () => {
  await using place = await scratch();
  const socket = `${place.pidFile}.sock`;
  // Arguments after the time are times as well to sleep(1), which adds them up; so `-H` would not do here.
  const other = await place.start();
  assert.notEqual(await findRunningDockerd(socket), null);
  assert.equal(await processName(other), 'dockerd');
});
