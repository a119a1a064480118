/**
 * What a job knows of its proposal, and what it writes down about itself.
 * Types only; `main.ts` wires the real ones. Ids are lower-case hex, bytes are `Uint8Array`,
 * durations are milliseconds unless a name says otherwise.
 */
import type { CommitId, TreeId } from './git.ts';
import type { PullRequest } from './forge.ts';
import type { ModelUsage } from './model.ts';
import type { Evidence } from './sandbox.ts';

export type RiskLevel = 'low' | 'medium' | 'high' | 'critical';
export type Status =
  | 'proposed'
  | 'approved'
  | 'rejected'
  | 'queued_for_self_build'
  | 'self_build_completed'
  | 'self_build_failed'
  | 'pr_opened'
  | 'pr_merged'
  | 'pr_closed'
  | 'applied';

/** What a person approves: everything that decides what a job will do. */
export interface ProposalContent {
  readonly title: string;
  readonly description: string;
  /** As the proposer wrote it: a path, or a URL. */
  readonly repo: string;
  readonly baseBranch: string;
  readonly testCommand: string;
  readonly riskLevel: RiskLevel;
  /** Patterns of paths that the change may touch, gitignore syntax, `!` = but not these; empty = wherever policy lets it. */
  readonly scope: readonly string[];
  /** Exact paths that policy opens only when an approval lists them: manifests, lockfiles, executables, tests to drop. */
  readonly allowedPaths: readonly string[];
}

export interface Proposal extends ProposalContent {
  readonly id: string;
  readonly status: Status;
  readonly proposedBy: string;
  readonly createdAt: Date;
  readonly approval: Approval | null;
  /** One line: how it ended, with branch, commit and pull request. */
  readonly auditNote: string | null;
  readonly failure: string | null;
}

export interface Approval {
  readonly by: string;
  readonly at: Date;
  readonly expiresAt: Date;
  /** SHA-256 (hex) over the content, the policy and the model; see gate/digest.ts. */
  readonly digest: string;
}

/** One delivery of a job by the queue. */
export interface Delivery {
  readonly jobId: string;
  readonly proposalId: string;
  /** 0 for the first delivery, then one more for each retry by the queue. */
  readonly attempt: number;
  readonly finalAttempt: boolean;
}

export type Stage = 'admit' | 'fetch' | 'draft' | 'prepare' | 'inspect' | 'prove' | 'publish' | 'record';

/** What one delivery knows so far; written stage by stage, so that a person can follow it. */
export interface BuildProgress {
  readonly stage?: Stage;
  readonly baseCommit?: CommitId;
  readonly tree?: TreeId;
  readonly branch?: string;
  readonly commit?: CommitId;
  readonly bundleDigest?: string;
  readonly pullRequest?: PullRequest;
  readonly evidence?: Evidence;
  readonly usage?: ModelUsage;
  readonly timingsMs?: Readonly<Record<string, number>>;
}

export interface Ending {
  readonly status: Extract<Status, 'self_build_completed' | 'self_build_failed' | 'pr_opened'>;
  /** `code` or `code:detail`; null when it went well. */
  readonly failure: string | null;
  readonly auditNote: string;
}

export interface Proposals {
  find(id: string): Promise<Proposal | null>;
  /** What an earlier delivery of the same job had already proven; null on the first one. */
  earlier(delivery: Delivery): Promise<BuildProgress | null>;
  /** Writes what is known onto the row of this delivery. Throws `Fault('lease_lost')` if another delivery took over. */
  progress(delivery: Delivery, known: BuildProgress): Promise<void>;
  /** Moves the proposal to its ending and writes the audit event, in one transaction. Repeating it changes nothing. */
  end(delivery: Delivery, ending: Ending): Promise<void>;
}
