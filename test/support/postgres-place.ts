/** State directories for tests of the embedded Postgres, and what must not be left of them. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPostgresHome, type PostgresHome } from '../../orchestrator/set-up/postgres-home.ts';
import { processName } from '../../orchestrator/set-up/running-dockerd.ts';

export interface Place {
  readonly stateDir: string;
  readonly home: PostgresHome;
}

/** Waits for what happens elsewhere; 30 s at most. */
export async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await condition()) return;
    await sleep(50);
  }
  assert.fail(`in vain waited until ${what}`);
}

/** Live processes of the embedded Postgres whose command line names this directory. */
export async function processesOf(stateDir: string): Promise<readonly number[]> {
  const found: number[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
    const isOurs = line.includes(stateDir) && /supervisor|\/bin\/(postgres|initdb|pg_ctl)/.test(line);
    if (isOurs && (await processName(Number(pid))) !== null) found.push(Number(pid));
  }
  return found;
}

/** Nothing may run there once its users have let go. */
export async function assertQuiet({ home, stateDir }: Place): Promise<void> {
  await until(async () => (await processesOf(home.directory)).length === 0, 'the server stopped');
  await until(async () => (await processesOf(stateDir)).length === 0, 'the supervisor ended');
}

/** A new state directory, which only `mode` lets others enter. Dispose of it when its server has been let go. */
export async function place(mode = 0o755): Promise<Place & AsyncDisposable> {
  const stateDir = await realpath(await mkdtemp(join(tmpdir(), 'self-coding-test-')));
  await chmod(stateDir, mode);
  const home = await findPostgresHome(stateDir);
  return {
    stateDir,
    home,
    async [Symbol.asyncDispose]() {
      await assertQuiet({ stateDir, home });
      for (const path of [home.directory, stateDir, home.runDirectory])
        await rm(path, { recursive: true, force: true });
    },
  };
}
