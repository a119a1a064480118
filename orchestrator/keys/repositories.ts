/** The repositories that we may use: found, fetched from and pushed to. The only room with a token for git. */
import { createBareGit } from '../git/bare-git.ts';
import { treeOf } from '../git/apply.ts';
import { findMirror, mirrorHome, mirrorPath } from '../git/mirror.ts';
import { isBranchName, isObjectId } from '../git/names.ts';
import { packBytes } from '../git/pack.ts';
import { printable } from '../git/printable.ts';
import { createSweeper } from '../git/sweep.ts';
import { refuse, type Refused } from '../outcome.ts';
import type { Base, CommitId, FetchRequest, PushRequest, Repositories, Repository } from '../ports/git.ts';
import { checkClean } from './git-clean.ts';
import { fetchCommit } from './git-fetch.ts';
import { type Reached, readHeads } from './git-heads.ts';
import { depthOf } from './git-history.ts';
import { pushBranch } from './git-push.ts';
import { openRemote, type Remote, type RemoteOptions } from './git-remote.ts';
import { checkPrefixes, layoutOf, resolveRepository } from './git-resolve.ts';

export interface RepositoriesOptions extends RemoteOptions {
  /** SELF_CODING_ALLOWED_REPO_PREFIXES: absolute paths, and http(s) URLs. */
  readonly allowedPrefixes: readonly string[];
  /** Largest base commit, packed; 512 MiB by default. */
  readonly packBytes?: number;
}

/** Local repositories and git servers over HTTP. Mirrors are kept in `<stateDir>/git`. Throws for a prefix that can't match. */
export function createRepositories(options: RepositoriesOptions): Repositories {
  checkPrefixes(options.allowedPrefixes);
  const sweep = createSweeper(options.stateDir);
  return {
    resolve: (repo) => resolveRepository(options, repo),
    fetchBase: async (request, signal) => {
      const base = await fetchBase(options, request, signal);
      await sweep(new Date());
      return base;
    },
    push: (request, signal) => push(options, request, signal),
  };
}

async function fetchBase(
  options: RepositoriesOptions,
  request: FetchRequest,
  signal: AbortSignal,
): Promise<Base | Refused> {
  const { repository, branch } = request;
  if (!isBranchName(branch)) return refuse('repo_unsupported', `${printable(branch, 200)} can't be a branch's name.`);
  const refused = (await stillAllowed(options, repository)) ?? (await checkWorkTree(repository, signal));
  if (refused !== null) return refused;
  await using remote = await openRemote(options, repository, signal);
  const reached = await readHeads(remote, signal);
  if (reached.kind === 'refused') return reached;
  const chosen = await choose(remote, reached, request, signal);
  if (chosen.kind === 'refused') return chosen;
  const wanted = { ...chosen, address: reached.address, branch, packBytes: options.packBytes ?? packBytes };
  const gitDir = (await findMirror(remote.home, chosen.commit)) ?? (await fetchCommit(remote, wanted, signal));
  if (typeof gitDir !== 'string') return gitDir;
  const tree = await treeOf(gitDir, chosen.commit);
  return { kind: 'base', repository, branch, commit: chosen.commit, tree, git: createBareGit(gitDir, signal) };
}

/** Asked again at each use: between two steps a directory may have become a link to another place. */
async function stillAllowed(options: RepositoriesOptions, repository: Repository): Promise<Refused | null> {
  const resolved = await resolveRepository(options, repository.id);
  if (resolved.kind === 'refused') return resolved;
  if (resolved.repository.id === repository.id) return null;
  return refuse('repo_not_allowed', `${repository.id} leads to another place than it did before.`);
}

async function checkWorkTree({ kind, id }: Repository, signal: AbortSignal): Promise<Refused | null> {
  return kind === 'local' && (await layoutOf(id)) === 'work tree' ? checkClean(id, signal) : null;
}

/** The tip of the branch; or the pinned commit, if the branch still has it. */
async function choose(
  remote: Remote,
  { address, heads }: Reached,
  { branch, pinned }: FetchRequest,
  signal: AbortSignal,
): Promise<{ readonly kind: 'chosen'; readonly commit: CommitId; readonly depth: number } | Refused> {
  const tip = heads.get(branch);
  const { id } = remote.repository;
  if (tip === undefined) return refuse('repo_unsupported', `${id} has no branch ${branch}${whatElse(heads)}`);
  if (!isObjectId(tip))
    return refuse('repo_unsupported', `${id} uses SHA-256 object ids, which no forge supports yet.`);
  if (pinned === null || pinned === tip) return { kind: 'chosen', commit: tip, depth: 1 };
  const depth = await depthOf(remote, { address, branch, commit: pinned }, signal);
  if (depth !== null) return { kind: 'chosen', commit: pinned, depth };
  return refuse('base_moved', `${branch} of ${id} was rewritten: ${pinned} is no longer in it. Propose it again.`);
}

function whatElse(heads: Reached['heads']): string {
  if (heads.size === 0) return ': it is empty. Make a first commit there.';
  const names = [...heads.keys()].slice(0, 5).map((name) => printable(name, 100));
  return `; it has ${names.join(', ')}${heads.size > names.length ? ', …' : ''}. Set the base branch to one of them.`;
}

async function push(options: RepositoriesOptions, { base, commit, branch }: PushRequest, signal: AbortSignal) {
  const refused = await stillAllowed(options, base.repository);
  if (refused !== null) return refused;
  const gitDir = mirrorPath(mirrorHome(options.stateDir, base.repository), base.commit);
  await using remote = await openRemote(options, base.repository, signal);
  const request = { gitDir, branch, commit, baseBranch: base.branch, baseCommit: base.commit };
  return await pushBranch(remote, request, signal);
}
