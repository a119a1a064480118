/**
 * Repositories, and plumbing on git objects.
 * Types only; `main.ts` wires the real ones. Ids are lower-case hex, bytes are `Uint8Array`,
 * durations are milliseconds unless a name says otherwise.
 */
import type { Refused } from '../outcome.ts';

export type CommitId = string;
export type TreeId = string;

/** A repository we may talk to. `id` is its canonical path or URL: no credentials, symlinks resolved. */
export interface Repository {
  readonly kind: 'local' | 'remote';
  readonly id: string;
}

export interface TreeEntry {
  /** Six octal digits, e.g. `100644`. */
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly id: string;
  readonly path: string;
  /** Bytes; null for what is no blob. */
  readonly size: number | null;
}

/** One path that differs between two trees, as `git diff-tree --raw --no-renames` says it. */
export interface Change {
  readonly path: string;
  readonly status: 'A' | 'M' | 'D' | 'T';
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldId: string;
  readonly newId: string;
}

export interface CommitInput {
  readonly parent: CommitId;
  readonly tree: TreeId;
  readonly message: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Author and committer date; taken from the approval, so that a retry makes the same commit id. */
  readonly date: Date;
}

/** Plumbing on a bare mirror that we own. No work tree, no network, nothing a sandbox wrote. */
export interface BareGit {
  /** Every entry of the commit's tree, recursively, in git's order. */
  entries(commit: CommitId): Promise<readonly TreeEntry[]>;
  /** The names in these directories (`''` or ending in `/`) of a tree; those that don't exist are left out. */
  names(tree: CommitId, directories: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** The bytes of one file of the commit's tree; null if there is none, `no file` for a directory, link, gitlink or over 64 KiB. */
  file(commit: CommitId, path: string): Promise<Uint8Array | 'no file' | null>;
  /** The blobs' bytes in the order asked for. Throws if one is missing. */
  blobs(ids: readonly string[]): Promise<readonly Uint8Array[]>;
  /** The same by id, each once; `too much` where all together are over 256 MiB. */
  contents(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array> | 'too much'>;
  /** Strict `git apply --cached` on a fresh index, then `write-tree`. */
  apply(base: CommitId, diff: Uint8Array): Promise<Applied | Refused>;
  changes(base: CommitId, tree: TreeId): Promise<readonly Change[]>;
  /** The canonical patch, made by git from two trees. */
  patch(base: CommitId, tree: TreeId): Promise<Uint8Array>;
  /** A pack with exactly this one commit and its tree, no history. */
  pack(commit: CommitId): Promise<Uint8Array>;
  commit(input: CommitInput): Promise<CommitId>;
  /** Points a branch of the mirror itself at a commit, so that it can be looked at without a push. */
  branch(name: string, commit: CommitId): Promise<void>;
}

export interface Applied {
  readonly kind: 'applied';
  readonly tree: TreeId;
}

export interface Base {
  readonly kind: 'base';
  readonly repository: Repository;
  readonly branch: string;
  readonly commit: CommitId;
  readonly tree: TreeId;
  readonly git: BareGit;
}

export interface Repositories {
  /** Normalises and checks that it is one we may use; `repo_not_allowed`, `repo_unsupported`. */
  resolve(repo: string): Promise<{ readonly kind: 'repository'; readonly repository: Repository } | Refused>;
  /**
   * Brings the branch's tip (or `pinned`, once a delivery has stored it) into the bare mirror.
   * `worktree_not_clean` for a local work tree with changes, `repo_unsupported` when there is no such repository or branch.
   */
  fetchBase(request: FetchRequest, signal: AbortSignal): Promise<Base | Refused>;
  /** Creates one branch that did not exist, at this commit. The same commit again is a success. */
  push(request: PushRequest, signal: AbortSignal): Promise<{ readonly kind: 'pushed' } | Refused>;
}

export interface FetchRequest {
  readonly repository: Repository;
  readonly branch: string;
  readonly pinned: CommitId | null;
}

export interface PushRequest {
  readonly base: Base;
  readonly commit: CommitId;
  /** Short name, e.g. `self-build/<proposal id>`. */
  readonly branch: string;
}
