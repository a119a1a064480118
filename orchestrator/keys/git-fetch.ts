/** One commit with its tree, from a remote into a mirror of our own. */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { buildMirror, initBare } from '../git/mirror.ts';
import { branchRef, checkedId } from '../git/names.ts';
import { printable } from '../git/printable.ts';
import { type GitResult, run } from '../git/run.ts';
import { seedMirror } from '../git/seed.ts';
import { surveyTree } from '../git/survey.ts';
import { Fault, refuse, type Refused } from '../outcome.ts';
import type { CommitId } from '../ports/git.ts';
import { diagnose } from './git-diagnose.ts';
import { quietFetch, unchecked } from './git-history.ts';
import { memoryBytes, type Remote } from './git-remote.ts';
import { layoutOf } from './git-resolve.ts';

export interface Wanted {
  readonly address: string;
  readonly branch: string;
  readonly commit: CommitId;
  /** How deep below the branch's tip the commit lies, at most; 1 = it is the tip. */
  readonly depth: number;
  /** Bytes of the pack; a server can send more than any disk holds. */
  readonly packBytes: number;
}

interface Attempt {
  readonly remote: Remote;
  readonly wanted: Wanted;
  readonly gitDir: string;
  readonly signal: AbortSignal;
}

/**
 * Fetches and checks one commit, and returns the path of its mirror. `repo_unsupported` for content or size that we
 * don't take in, or no access; throws `Fault('forge_unavailable')` for what may go better next time.
 */
export async function fetchCommit(remote: Remote, wanted: Wanted, signal: AbortSignal): Promise<string | Refused> {
  return buildMirror(remote.home, wanted.commit, async (gitDir) => {
    const attempt = { remote, wanted, gitDir, signal };
    const result = await fetchSomehow(attempt);
    if (result.exitCode !== 0) return whyNot(attempt, result);
    return surveyTree(gitDir, wanted.commit);
  });
}

/** On top of the last mirror's objects; from nothing; and, for servers that give no commit by its id, with the branch. */
async function fetchSomehow(attempt: Attempt): Promise<GitResult> {
  const { remote, wanted, gitDir, signal } = attempt;
  if (await seedMirror(remote.home, gitDir)) {
    const result = await fetchInto(attempt, byId(wanted));
    if (result.exitCode === 0) return result;
    await startOver(gitDir);
  }
  const alone = await fetchInto(attempt, byId(wanted));
  if (alone.exitCode === 0 || wanted.depth === 1) return alone;
  await startOver(gitDir);
  const refspec = `+${branchRef(wanted.branch)}:refs/self-coding/tip`;
  const branch = await fetchInto(attempt, { refspec, depth: wanted.depth });
  if (branch.exitCode !== 0) return branch;
  return run({ args: ['update-ref', `refs/self-coding/base/${wanted.commit}`, wanted.commit], gitDir, signal });
}

interface Selection {
  readonly refspec: string;
  readonly depth: number;
  readonly unchecked?: true;
}

function byId({ commit }: Wanted): Selection {
  return { refspec: `+${checkedId(commit)}:refs/self-coding/base/${commit}`, depth: 1 };
}

function fetchInto({ remote, wanted, gitDir, signal }: Attempt, selection: Selection): Promise<GitResult> {
  return run({
    args: [
      ...(selection.unchecked === true ? unchecked : []),
      ...quietFetch,
      ...remote.uploadPack,
      `--depth=${selection.depth}`,
      wanted.address,
      selection.refspec,
    ],
    gitDir,
    env: remote.env,
    scrub: remote.scrub,
    memoryBytes,
    timeoutMs: 600_000,
    fileBytes: wanted.packBytes,
    signal,
    fault: 'forge_unavailable',
  });
}

async function startOver(gitDir: string): Promise<void> {
  await rm(gitDir, { recursive: true });
  await initBare(gitDir);
}

/** git's exit code is the same for a full disk, a lost connection and a forbidden tree; so each is looked for. */
async function whyNot(attempt: Attempt, failed: GitResult): Promise<Refused> {
  const { remote, wanted, gitDir, signal } = attempt;
  const { id, kind } = remote.repository;
  if (await isOverLimit(gitDir, wanted.packBytes)) {
    return refuse('repo_unsupported', `The base commit of ${id} has more than ${wanted.packBytes} bytes, packed.`);
  }
  if (kind === 'remote') {
    const diagnosis = await diagnose(remote, wanted.address, 'git-upload-pack', signal);
    if (diagnosis.kind === 'refuses') return refuse('repo_unsupported', `${id} can't be used: ${diagnosis.reason}.`);
  }
  const flaw = await findFlaw(attempt);
  if (flaw !== null) return refuse('repo_unsupported', `${id} has objects that are not let in: ${flaw}`);
  throw new Fault('forge_unavailable', id, `git fetch failed: ${failed.stderr}`);
}

/** Fetches unchecked, into a repository that is thrown away in any case, to see whether it was the content. */
async function findFlaw(attempt: Attempt): Promise<string | null> {
  const { remote, wanted, gitDir, signal } = attempt;
  await startOver(gitDir);
  const fetched = await fetchInto(attempt, { ...byId(wanted), unchecked: true });
  const { kind, id } = remote.repository;
  if (fetched.exitCode === 0) return check(gitDir, ['--strict'], signal);
  // Nothing came out of a repository on our own disk: perhaps a part of it is missing or damaged.
  if (kind === 'local') return check((await layoutOf(id)) === 'bare' ? id : join(id, '.git'), [], signal);
  return null;
}

async function check(gitDir: string, options: readonly string[], signal: AbortSignal): Promise<string | null> {
  const args = ['fsck', ...options, '--no-dangling', '--no-progress'];
  const { exitCode, stdout, stderr } = await run({ args, gitDir, timeoutMs: 300_000, signal });
  return exitCode === 0 ? null : printable(`${stderr}${Buffer.from(stdout).toString('utf8')}`);
}

async function isOverLimit(gitDir: string, limit: number): Promise<boolean> {
  const packs = join(gitDir, 'objects', 'pack');
  const sizes = (await readdir(packs)).map(async (name) => (await stat(join(packs, name))).size);
  return (await Promise.all(sizes)).some((size) => size >= limit);
}
