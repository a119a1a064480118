/**
 * Bare repositories of our own: `<stateDir>/git/<sha256 of the repository's id>/<base commit>.git`, one for each base
 * commit. A new one is filled under a scratch name and takes its own only when it is complete and checked, in one
 * rename: so two jobs, two processes or a crash can't leave a half-made one, and no two fetches share a lock, a ref or a
 * `shallow` file.
 */
import { createHash } from 'node:crypto';
import { mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Refused } from '../outcome.ts';
import type { CommitId, Repository } from '../ports/git.ts';
import { hasCode } from './error-code.ts';
import { checkedId } from './names.ts';
import { must } from './run.ts';
import { openScratch } from './scratch.ts';
import { attributes } from './settings.ts';

/** The directory of all mirrors of one repository. */
export function mirrorHome(stateDir: string, repository: Repository): string {
  return join(stateDir, 'git', createHash('sha256').update(repository.id).digest('hex'));
}

/** Where the mirror of one base commit lies, or will. `git --git-dir=<path> log <branch>` shows a finished build. */
export function mirrorPath(home: string, commit: CommitId): string {
  return join(home, `${checkedId(commit)}.git`);
}

/** The finished mirror of this commit, marked as in use, or null. */
export async function findMirror(home: string, commit: CommitId): Promise<string | null> {
  const path = mirrorPath(home, commit);
  const now = new Date();
  try {
    await utimes(path, now, now);
    return (await stat(path)).isDirectory() ? path : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/**
 * Makes an empty bare repository, has `fill` bring the commit into it and judge it, and gives it its name.
 * Returns the path, or what `fill` refused; then, and when `fill` throws, nothing is left of it.
 */
export async function buildMirror(
  home: string,
  commit: CommitId,
  fill: (gitDir: string) => Promise<Refused | null>,
): Promise<string | Refused> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  await using scratch = await openScratch(home);
  const draft = join(scratch.path, 'mirror.git');
  await initBare(draft);
  const refused = await fill(draft);
  if (refused !== null) return refused;
  return await settle(draft, mirrorPath(home, commit));
}

/** An empty bare repository without hooks, remote, or any conversion of content. */
export async function initBare(gitDir: string): Promise<void> {
  await mkdir(gitDir, { mode: 0o700 });
  // An empty template: the default one of a host may bring hooks.
  const args = ['init', '-q', '--bare', '--template=', '--initial-branch=none', '--object-format=sha1', gitDir];
  await must({ args, gitDir });
  await mkdir(join(gitDir, 'info'));
  await writeFile(join(gitDir, 'info', 'attributes'), attributes);
}

async function settle(draft: string, path: string): Promise<string> {
  try {
    await rename(draft, path);
  } catch (error) {
    // Another job was quicker; its mirror holds the same commit, and ours goes with the scratch directory.
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'EEXIST')) throw error;
  }
  return path;
}
