import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { initBare } from '../git/mirror.ts';
import { branchRef, checkedId } from '../git/names.ts';
import { must } from '../git/run.ts';
import { openScratch } from '../git/scratch.ts';
import type { CommitId } from '../ports/git.ts';
import { memoryBytes, type Remote } from './git-remote.ts';

/** Commits below the tip, step by step; a base that lies deeper counts as gone. */
const depths = [64, 1024, 16_384];
const tipRef = 'refs/self-coding/tip';

/** One thing and nothing beside it: no tags, submodules, FETCH_HEAD or background work. */
export const quietFetch: readonly string[] = [
  'fetch',
  '-q',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
];

/** For objects that are looked at and thrown away. Old commits are often malformed in ways that nobody minds. */
export const unchecked: readonly string[] = ['-c', 'fetch.fsckObjects=false', '-c', 'transfer.fsckObjects=false'];

export interface Descent {
  readonly address: string;
  readonly branch: string;
  readonly commit: CommitId;
}

/**
 * How many commits deep the branch must be fetched to have this one in its history; null when it isn't there.
 * Only ids are read, in a repository that is thrown away. Throws `Fault('forge_unavailable')`.
 */
export async function depthOf(remote: Remote, descent: Descent, signal: AbortSignal): Promise<number | null> {
  await using scratch = await openScratch(remote.home);
  const gitDir = join(scratch.path, 'history.git');
  await initBare(gitDir);
  const commit = checkedId(descent.commit);
  for (const depth of depths) {
    await must({
      // The filter asks for commits without trees and files; a server that doesn't know it sends them, too. It needs a
      // remote with a name, which exists only here.
      args: [
        '-c',
        `remote.base.url=${descent.address}`,
        ...unchecked,
        ...quietFetch,
        ...remote.uploadPack,
        '--filter=tree:0',
        `--depth=${depth}`,
        'base',
        `+${branchRef(descent.branch)}:${tipRef}`,
      ],
      gitDir,
      env: remote.env,
      scrub: remote.scrub,
      memoryBytes,
      timeoutMs: 600_000,
      signal,
      fault: 'forge_unavailable',
    });
    const ids = await must({ args: ['rev-list', tipRef], gitDir, signal });
    if (Buffer.from(ids).toString('latin1').split('\n').includes(commit)) return depth;
    if (!(await readdir(gitDir)).includes('shallow')) return null;
  }
  return null;
}
