import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';
import { scratchPrefix } from './scratch.ts';

/** Twice the longest job (86,400 s): what was not touched for so long belongs to no job that still runs. */
const unusedMs = 2 * 86_400_000;

/**
 * Removes what crashed operations left, and mirrors that no job has used for two days. A mirror with a branch stays: it
 * may be the only place of a finished build.
 */
export async function sweepMirrors(home: string, now: Date): Promise<void> {
  for (const name of await readdir(home)) {
    const path = join(home, name);
    const known = name.startsWith(scratchPrefix) || name.endsWith('.git');
    if (known && (await isOld(path, now)) && !(await hasBranch(path))) await rm(path, { recursive: true, force: true });
  }
}

async function isOld(path: string, now: Date): Promise<boolean> {
  try {
    return now.getTime() - (await stat(path)).mtimeMs > unusedMs;
  } catch (error) {
    return absent(error, false);
  }
}

async function hasBranch(path: string): Promise<boolean> {
  try {
    return (await readdir(join(path, 'refs', 'heads'))).length > 0;
  } catch (error) {
    return absent(error, false);
  }
}

function absent<T>(error: unknown, value: T): T {
  if (hasCode(error, 'ENOENT')) return value;
  throw error;
}
