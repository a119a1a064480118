/** What no hostile case may leave behind: scratch directories, processes, a changed canary. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertNothingLeft } from '../support/invariants.ts';

/** Below the state directory lie mirrors of whole base commits and nothing else; `mirrors` says how many. */
export async function assertOnlyMirrors(stateDir: string, mirrors: number): Promise<void> {
  const names = (await readdir(stateDir, { recursive: true })).filter((name) => /^git\/[^/]+\/[^/]+$/.test(name));
  assert.deepEqual(
    names.filter((name) => !/^git\/[0-9a-f]{64}\/[0-9a-f]{40}\.git$/.test(name)),
    [],
  );
  assert.equal(names.length, mirrors);
  await assertNothingLeft({ stateDir: { path: stateDir } });
}

/** No process is left that was started for this state directory. Killed ones may take a moment to be gone. */
export async function assertNoProcess(stateDir: string): Promise<void> {
  let left: readonly string[] = [];
  for (let tries = 0; tries < 100; tries += 1) {
    left = await processesOf(stateDir);
    if (left.length === 0) return;
    await delay(50);
  }
  assert.fail(`still running: ${left.join('; ')}`);
}

async function processesOf(stateDir: string): Promise<readonly string[]> {
  const lines = (await pids()).map(async (pid) => {
    if (Number(pid) === process.pid) return null;
    const [environment, line] = await Promise.all([read(pid, 'environ'), read(pid, 'cmdline')]);
    return environment.includes(stateDir) || line.includes(stateDir) ? `${pid} ${line.replaceAll('\0', ' ')}` : null;
  });
  return (await Promise.all(lines)).filter((line) => line !== null);
}

async function pids(): Promise<readonly string[]> {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
}

/** A process may end between being listed and being read. */
function read(pid: string, what: string): Promise<string> {
  return readFile(join('/proc', pid, what), 'latin1').catch(() => '');
}

/** The most memory (bytes) that any git of the machine whose command line has `mark` was seen to hold. */
export function watchMemory(mark: string): AsyncDisposable & { readonly peak: () => number } {
  let peak = 0;
  const watching = new AbortController();
  const sampling = (async () => {
    while (!watching.signal.aborted) {
      for (const pid of await pids()) {
        if (!(await read(pid, 'cmdline')).includes(mark)) continue;
        const [, kilobytes = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(await read(pid, 'status')) ?? [];
        if (Number(pid) !== process.pid) peak = Math.max(peak, Number(kilobytes) * 1024);
      }
      await delay(50);
    }
  })();
  const stop = async () => {
    watching.abort();
    await sampling;
  };
  return { peak: () => peak, [Symbol.asyncDispose]: stop };
}
