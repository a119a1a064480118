/** One new branch on a remote, at one commit. Nothing that exists is ever moved or deleted. */
import { branchRef, checkedId } from '../git/names.ts';
import { printable } from '../git/printable.ts';
import { type GitResult, run } from '../git/run.ts';
import { Fault, refuse, type Refused } from '../outcome.ts';
import type { CommitId } from '../ports/git.ts';
import { diagnose } from './git-diagnose.ts';
import { type Reached, readHeads } from './git-heads.ts';
import { depthOf } from './git-history.ts';
import { memoryBytes, type Remote } from './git-remote.ts';

export interface NewBranch {
  readonly gitDir: string;
  readonly branch: string;
  readonly commit: CommitId;
  readonly baseBranch: string;
  readonly baseCommit: CommitId;
}

type Pushed = { readonly kind: 'pushed' };

/**
 * Creates the branch. That it is there already, at this commit, is a success; at another one, `push_conflict`.
 * `base_moved` when the base commit is no longer in the base branch, `push_rejected` when the remote says no;
 * throws `Fault('forge_unavailable')` when it says nothing.
 */
export async function pushBranch(remote: Remote, request: NewBranch, signal: AbortSignal): Promise<Pushed | Refused> {
  const before = await look(remote, signal);
  if (before.kind === 'refused') return before;
  const moved = await checkBase(remote, before, request, signal);
  if (moved !== null) return moved;
  const result = await push(remote, before.address, request, signal);
  if (result.exitCode === 0 && flagOf(result, request) !== '!') return { kind: 'pushed' };
  return whyNot(remote, before.address, { request, result }, signal);
}

async function look(remote: Remote, signal: AbortSignal): Promise<Reached | Refused> {
  const reached = await readHeads(remote, signal);
  return reached.kind === 'refused' ? refuse('push_rejected', reached.reason) : reached;
}

/** Still part of the branch that it was built for? A branch that only went on is fine: a pull request can be behind. */
export async function checkBase(
  remote: Remote,
  { address, heads }: Reached,
  { baseBranch: branch, baseCommit: commit }: Pick<NewBranch, 'baseBranch' | 'baseCommit'>,
  signal: AbortSignal,
): Promise<Refused | null> {
  const tip = heads.get(branch);
  if (tip === commit) return null;
  if (tip !== undefined && (await depthOf(remote, { address, branch, commit }, signal)) !== null) return null;
  return refuse('base_moved', `${commit} is no longer in ${branch} of ${remote.repository.id}; propose it again.`);
}

function push(remote: Remote, address: string, request: NewBranch, signal: AbortSignal): Promise<GitResult> {
  const ref = branchRef(request.branch);
  return run({
    args: [
      'push',
      '--no-verify',
      '--porcelain',
      '--no-signed',
      ...remote.receivePack,
      // Create only: the ref must not exist. Nobody else's branch is ever overwritten.
      `--force-with-lease=${ref}:`,
      address,
      `${checkedId(request.commit)}:${ref}`,
    ],
    gitDir: request.gitDir,
    env: remote.env,
    scrub: remote.scrub,
    memoryBytes,
    timeoutMs: 300_000,
    signal,
    fault: 'forge_unavailable',
  });
}

/** `<flag>TAB<from>:<to>TAB<summary>`: `*` new, `=` there already, `!` refused. */
function flagOf({ stdout }: GitResult, { branch }: NewBranch): string | null {
  const lines = Buffer.from(stdout).toString('utf8').split('\n');
  return lines.find((line) => line.split('\t')[1]?.endsWith(`:refs/heads/${branch}`) === true)?.[0] ?? null;
}

interface Failed {
  readonly request: NewBranch;
  readonly result: GitResult;
}

/** Judged by what the remote has now, not by the words of the refusal; an answer may have been lost on its way, too. */
async function whyNot(
  remote: Remote,
  address: string,
  { request, result }: Failed,
  signal: AbortSignal,
): Promise<Pushed | Refused> {
  const { branch, commit } = request;
  const after = await look(remote, signal);
  if (after.kind === 'refused') return after;
  const there = after.heads.get(branch);
  if (there === commit) return { kind: 'pushed' };
  if (there !== undefined) {
    return refuse('push_conflict', `${branch} exists in ${remote.repository.id} already, at ${there}, not ${commit}.`);
  }
  const said = printable(`${remote.scrub(Buffer.from(result.stdout).toString('utf8'))}${result.stderr}`);
  const rejected = refuse('push_rejected', `${remote.repository.id} did not take ${branch}: ${said}`);
  if (flagOf(result, request) === '!') return rejected;
  if (remote.repository.kind === 'local') return rejected;
  const diagnosis = await diagnose(remote, address, 'git-receive-pack', signal);
  if (diagnosis.kind === 'refuses') {
    return refuse('push_rejected', `${remote.repository.id} does not take a push: ${diagnosis.reason}.`);
  }
  throw new Fault('forge_unavailable', remote.repository.id, `git push failed: ${said}`);
}
