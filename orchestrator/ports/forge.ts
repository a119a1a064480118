/**
 * What comes out: a pull request, and a bundle kept on disk.
 * Types only; `main.ts` wires the real ones. Ids are lower-case hex, bytes are `Uint8Array`,
 * durations are milliseconds unless a name says otherwise.
 */
import type { Refused } from '../outcome.ts';
import type { CommitId, Repository } from './git.ts';

export interface PullRequest {
  readonly number: number;
  readonly url: string;
  readonly draft: boolean;
}

export interface PullRequestInput {
  readonly repository: Repository;
  readonly proposalId: string;
  readonly baseBranch: string;
  readonly branch: string;
  readonly commit: CommitId;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

export interface Forge {
  /** Can it open a pull request for this repository at all? `forge_unavailable` with what to set, if not. */
  ready(repository: Repository): { readonly kind: 'ready' } | Refused;
  /** Looks for an open pull request of this branch first, so it can be repeated. Always a draft; never merges. */
  openPullRequest(
    input: PullRequestInput,
    signal: AbortSignal,
  ): Promise<({ readonly kind: 'opened' } & PullRequest) | Refused>;
}

/** Canonical patch and evidence, kept under the SHA-256 of their bytes. */
export interface BundleArchive {
  keep(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<string>;
}
