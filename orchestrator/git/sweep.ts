import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';
import { scratchPrefix } from './scratch.ts';

const day = 86_400_000;
/** Twice the longest job (86,400 s): what was not touched for so long belongs to no job that still runs. */
const unusedMs = 2 * day;
/** A mirror with a branch may be the only place of a finished build: a person has this long to look at it. */
const unusedBranchMs = 30 * day;
const pauseMs = 3_600_000;
/** Repositories looked at in one sweep, so that no job waits long for it. */
const mostHomes = 500;

/**
 * Sweeps the mirrors of every repository under `<stateDir>/git`, also of those that no job asks for any more; at most
 * once an hour, and 500 repositories at a time, from where the last sweep ended.
 */
export function createSweeper(stateDir: string): (now: Date) => Promise<void> {
  const root = join(stateDir, 'git');
  let swept: { readonly at: number; readonly last: string } = { at: -Infinity, last: '' };
  return async (now) => {
    if (now.getTime() - swept.at < pauseMs) return;
    const { last } = swept;
    // Before anything is awaited: jobs that arrive at once don't all sweep.
    swept = { at: now.getTime(), last };
    const homes = (await list(root)).filter((name) => /^[0-9a-f]{64}$/.test(name)).toSorted();
    const turn = [...homes.filter((name) => name > last), ...homes.filter((name) => name <= last)].slice(0, mostHomes);
    for (const name of turn) await sweepMirrors(join(root, name), now);
    swept = { at: swept.at, last: turn.at(-1) ?? '' };
  };
}

/**
 * Removes what crashed operations left, and mirrors that no job has used for two days; with a branch, for 30 days.
 */
export async function sweepMirrors(home: string, now: Date): Promise<void> {
  for (const name of await list(home)) {
    const path = join(home, name);
    const known = name.startsWith(scratchPrefix) || name.endsWith('.git');
    if (known && (await isUnused(path, now))) await rm(path, { recursive: true, force: true });
  }
}

async function isUnused(path: string, now: Date): Promise<boolean> {
  try {
    const age = now.getTime() - (await stat(path)).mtimeMs;
    if (age <= unusedMs) return false;
    return age > unusedBranchMs || (await list(join(path, 'refs', 'heads'))).length === 0;
  } catch (error) {
    // Another process swept it.
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function list(path: string): Promise<readonly string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
