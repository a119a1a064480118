/** The index of a base commit, made once and copied for each diff: to read 100,000 entries anew each time would be most of the work. */
import { access, copyFile, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommitId } from '../ports/git.ts';
import { hasCode } from './error-code.ts';
import { checkedId } from './names.ts';
import { must } from './run.ts';
import { openScratch } from './scratch.ts';

/** Where the index of a commit is kept in its mirror; made if it is not there. */
export async function baseIndexOf(gitDir: string, commit: CommitId): Promise<string> {
  const kept = join(gitDir, `${checkedId(commit)}.index`);
  if (await exists(kept)) return kept;
  await using scratch = await openScratch(dirname(gitDir));
  const made = join(scratch.path, 'index');
  await must({ args: ['read-tree', commit], gitDir, env: { GIT_INDEX_FILE: made } });
  // Whole or not at all, whoever else makes the same one, and whatever cuts the power.
  await using file = await open(made);
  await file.sync();
  await rename(made, kept);
  return kept;
}

/** Writes a fresh copy of the commit's index to `path`. */
export async function copyBaseIndex(gitDir: string, commit: CommitId, path: string): Promise<void> {
  await copyFile(await baseIndexOf(gitDir, commit), path);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
