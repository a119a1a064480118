/** A revision of a local repository as a base to inspect diffs against; for people at a command line, not for jobs. */
import { join } from 'node:path';
import { treeOf } from '../git/apply.ts';
import { createBareGit } from '../git/bare-git.ts';
import { borrowMirror } from '../git/borrow.ts';
import { findMirror } from '../git/mirror.ts';
import { printable } from '../git/printable.ts';
import { keepReading, readOnce } from '../git/readers.ts';
import { run } from '../git/run.ts';
import { refuse, type Refused } from '../outcome.ts';
import type { BareGit, CommitId } from '../ports/git.ts';
import { fetchCommit } from './git-fetch.ts';
import { openRemote } from './git-remote.ts';
import { layoutOf, resolveRepository } from './git-resolve.ts';
import { packBytes } from '../git/pack.ts';

export interface Revision {
  readonly kind: 'revision';
  readonly commit: CommitId;
  readonly tree: string;
  /** The repository's canonical path. */
  readonly repository: string;
  readonly git: BareGit;
  /** A place to try diffs in that is gone afterwards, with whatever objects the tries made. `many` = made for many of them. */
  readonly openTrial: (many: boolean) => Promise<Trial>;
}

export interface Trial extends AsyncDisposable {
  readonly git: BareGit;
}

export interface RevisionRequest {
  readonly stateDir: string;
  /** Path of a bare repository or a work tree; whatever is uncommitted there doesn't matter. */
  readonly repo: string;
  /** Anything that names a commit: a branch, a tag, an id, `HEAD~1`. */
  readonly revision: string;
}

const noForge = { github: { url: 'https://localhost' }, token: async () => null };

/** Copies that one commit into a mirror of our own. `repo_unsupported` when there is no such repository or commit. */
export async function fetchRevision(
  { stateDir, repo, revision }: RevisionRequest,
  signal: AbortSignal,
): Promise<Revision | Refused> {
  // Whoever runs the command may read the path anyway; nothing is written there.
  const resolved = await resolveRepository({ allowedPrefixes: ['/'], stateDir }, repo);
  if (resolved.kind === 'refused') return resolved;
  const { repository } = resolved;
  if (repository.kind !== 'local') return refuse('repo_unsupported', 'Give the path of a local repository.');
  const commit = await resolveRevision(repository.id, revision, signal);
  if (commit === null)
    return refuse('repo_unsupported', `${printable(revision, 200)} names no commit in ${repository.id}.`);
  await using remote = await openRemote({ ...noForge, stateDir }, repository, signal);
  const wanted = { address: repository.id, branch: 'none', commit, depth: 1, packBytes };
  const gitDir = (await findMirror(remote.home, commit)) ?? (await fetchCommit(remote, wanted, signal));
  if (typeof gitDir !== 'string') return gitDir;
  const tree = await treeOf(gitDir, commit);
  const openTrial = async (many: boolean) => {
    await using opened = new AsyncDisposableStack();
    const { path } = opened.use(await borrowMirror(gitDir, commit));
    const readers = many ? opened.use(keepReading(path, { commit, tree })) : readOnce(path);
    const kept = opened.move();
    return { git: createBareGit(path, signal, readers), [Symbol.asyncDispose]: () => kept.disposeAsync() };
  };
  return { kind: 'revision', commit, tree, repository: repository.id, git: createBareGit(gitDir, signal), openTrial };
}

async function resolveRevision(path: string, revision: string, signal: AbortSignal): Promise<CommitId | null> {
  const gitDir = (await layoutOf(path)) === 'work tree' ? join(path, '.git') : path;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const { exitCode, stdout } = await run({ args, gitDir, signal });
  const id = Buffer.from(stdout).toString().trim();
  return exitCode === 0 && /^[0-9a-f]{40}$/.test(id) ? id : null;
}
