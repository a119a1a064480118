import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { findProgram } from '../../orchestrator/set-up/host.ts';
import { findRunningDockerds, processName, removeStalePidFile } from '../../orchestrator/set-up/running-dockerd.ts';

interface Scratch extends AsyncDisposable {
  readonly pidFile: string;
  readonly pids: readonly number[];
  /** A process that is called dockerd and does nothing. */
  start(...args: readonly string[]): Promise<number>;
  holds(pid: number | string): Promise<boolean>;
}

async function scratch(): Promise<Scratch> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  const children: ChildProcess[] = [];
  const pids: number[] = [];
  const program = join(directory, 'dockerd');
  const pidFile = join(directory, 'docker.pid');
  await copyFile((await findProgram('sh')) ?? '', program);
  return {
    pidFile,
    pids,
    async start(...args) {
      // A shell by that name, which waits on its stdin; what follows are its arguments.
      const child = spawn(program, ['-c', 'read line', 'dockerd', ...args], { stdio: ['pipe', 'ignore', 'ignore'] });
      children.push(child);
      await once(child, 'spawn');
      pids.push(child.pid ?? 0);
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

test('a dockerd that is only just starting is found, and one that serves another socket is not', async () => {
  await using place = await scratch();
  const socket = `${place.pidFile}.sock`;
  const starting = await place.start();
  const found = async () => (await findRunningDockerds(socket)).filter((pid) => place.pids.includes(pid));
  assert.deepEqual(await found(), [starting]);
  await place.start('-H', 'unix:///elsewhere.sock');
  assert.deepEqual(await found(), [starting]);
  const ours = await place.start('--host', `unix://${socket}`);
  assert.deepEqual(new Set(await found()), new Set([starting, ours]));
});
