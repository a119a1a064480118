import { sql } from 'kysely';
import type { BuildProgress, Delivery, Ending } from '../ports/proposal.ts';
import type { Trx } from './schema.ts';
import { storableJson, storableText } from './storable.ts';

/** Writes what is known onto the row of this delivery; what is not given stays as it was. */
export async function saveProgress(trx: Trx, delivery: Delivery, known: BuildProgress): Promise<void> {
  const columns = { ...outputs(known), ...measures(known) };
  await trx
    .insertInto('ai_self_builds')
    .values({ ...identity(delivery), ...columns })
    .onConflict((conflict) =>
      conflict.columns(['job_id', 'attempt']).doUpdateSet({ ...columns, updated_at: sql<Date>`now()` }),
    )
    .execute();
}

/** Closes the row of this delivery. */
export async function saveEnding(trx: Trx, delivery: Delivery, ending: Ending): Promise<void> {
  const columns = {
    stage: 'record',
    ending: ending.status,
    failure: ending.failure === null ? null : storableText(ending.failure, 5000),
    ended_at: sql<Date>`now()`,
  } as const;
  await trx
    .insertInto('ai_self_builds')
    .values({ ...identity(delivery), ...columns })
    .onConflict((conflict) =>
      conflict.columns(['job_id', 'attempt']).doUpdateSet({ ...columns, updated_at: sql<Date>`now()` }),
    )
    .execute();
}

function identity(delivery: Delivery) {
  return { job_id: delivery.jobId, attempt: delivery.attempt, proposal_id: delivery.proposalId };
}

function outputs({ stage, baseCommit, tree, branch, commit, bundleDigest, pullRequest }: BuildProgress) {
  return {
    ...(stage !== undefined && { stage }),
    ...(baseCommit !== undefined && { base_commit: baseCommit }),
    ...(tree !== undefined && { tree }),
    ...(branch !== undefined && { branch }),
    ...(commit !== undefined && { commit }),
    ...(bundleDigest !== undefined && { bundle_digest: bundleDigest }),
    ...(pullRequest !== undefined && {
      pr_number: pullRequest.number,
      pr_url: pullRequest.url,
      pr_draft: pullRequest.draft,
    }),
  };
}

function measures({ evidence, usage, timingsMs }: BuildProgress) {
  return {
    ...(evidence !== undefined && { evidence: storableJson(evidence) }),
    ...(usage !== undefined && { usage: storableJson(usage) }),
    ...(timingsMs !== undefined && { timings_ms: storableJson(timingsMs) }),
  };
}
