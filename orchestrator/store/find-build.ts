import type { PullRequest } from '../ports/forge.ts';
import type { ModelUsage } from '../ports/model.ts';
import type { BuildProgress, Delivery, Stage, Status } from '../ports/proposal.ts';
import type { Evidence } from '../ports/sandbox.ts';
import type { Db, SelfBuildRow } from './schema.ts';
import { isUuid } from './storable.ts';

/** One delivery of a job, as far as it came; null = not known (yet). */
export interface Build {
  readonly jobId: string;
  readonly attempt: number;
  readonly stage: Stage | null;
  readonly baseCommit: string | null;
  readonly tree: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly bundleDigest: string | null;
  readonly pullRequest: PullRequest | null;
  readonly evidence: Evidence | null;
  readonly usage: ModelUsage | null;
  readonly timingsMs: Readonly<Record<string, number>> | null;
  readonly ending: Status | null;
  readonly failure: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** The newest delivery of a proposal's job, or null when none began. */
export async function latestBuild(db: Db, proposalId: string): Promise<Build | null> {
  const [newest] = await listBuilds(db, proposalId, 1);
  return newest ?? null;
}

/** The deliveries of a proposal's job, newest first; at most `limit`, which is at most 100. */
export async function listBuilds(db: Db, proposalId: string, limit = 100): Promise<readonly Build[]> {
  if (!isUuid(proposalId)) return [];
  const rows = await db
    .selectFrom('ai_self_builds')
    .selectAll()
    .where('proposal_id', '=', proposalId)
    .orderBy('started_at', 'desc')
    .orderBy('attempt', 'desc')
    .limit(Math.min(limit, 100))
    .execute();
  return rows.map(toBuild);
}

/** What the deliveries of this job before this one wrote down, the newest word on each point; null when there was none. */
export async function earlierProgress(db: Db, { jobId, attempt }: Delivery): Promise<BuildProgress | null> {
  const rows = await db
    .selectFrom('ai_self_builds')
    .selectAll()
    .where('job_id', '=', jobId)
    .where('attempt', '<', attempt)
    .orderBy('attempt')
    .limit(100)
    .execute();
  const known = rows.map(toBuild).map(toProgress);
  return known.length === 0 ? null : known.reduce((before, after) => ({ ...before, ...after }));
}

function toProgress(build: Build): BuildProgress {
  const { stage, baseCommit, tree, branch, commit, bundleDigest, pullRequest, evidence, usage, timingsMs } = build;
  return {
    ...(stage !== null && { stage }),
    ...(baseCommit !== null && { baseCommit }),
    ...(tree !== null && { tree }),
    ...(branch !== null && { branch }),
    ...(commit !== null && { commit }),
    ...(bundleDigest !== null && { bundleDigest }),
    ...(pullRequest !== null && { pullRequest }),
    ...(evidence !== null && { evidence }),
    ...(usage !== null && { usage }),
    ...(timingsMs !== null && { timingsMs }),
  };
}

function toBuild(row: SelfBuildRow): Build {
  return {
    jobId: row.job_id,
    attempt: row.attempt,
    stage: row.stage,
    baseCommit: row.base_commit,
    tree: row.tree,
    branch: row.branch,
    commit: row.commit,
    bundleDigest: row.bundle_digest,
    pullRequest: toPullRequest(row),
    // Rows of before there were flags have none.
    evidence: row.evidence === null ? null : { ...row.evidence, flags: row.evidence.flags ?? [] },
    usage: row.usage,
    timingsMs: row.timings_ms,
    ending: row.ending,
    failure: row.failure,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

function toPullRequest({ pr_number: number, pr_url: url, pr_draft: draft }: SelfBuildRow): PullRequest | null {
  return number === null || url === null || draft === null ? null : { number, url, draft };
}
