import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { z } from 'zod';
import { type Code, endings, Fault } from '../outcome.ts';
import type { Delivery } from '../ports/proposal.ts';
import { deadQueueName } from './boss.ts';
import { endBuild } from './end-build.ts';
import type { Db } from './schema.ts';
import { payload } from './work.ts';

/** A job whose last delivery failed. */
export interface Dead {
  readonly delivery: Delivery;
  /** Of the fault that its last delivery threw; `lease_lost` when it threw none (it expired, or its engine died). */
  readonly code: Code;
  readonly message: string;
}

const lastError = z.object({
  code: z.custom<Code>((code) => typeof code === 'string' && Object.hasOwn(endings, code)).catch('lease_lost'),
  message: z.string().catch('no message'),
});

/** Begins to hand out the jobs that were given up. */
export async function workOnDead(boss: PgBoss, onDead: (dead: Dead) => Promise<void>): Promise<void> {
  const options = { includeMetadata: true, pollingIntervalSeconds: 1 } as const;
  await boss.work(deadQueueName, options, async (jobs: JobWithMetadata<unknown>[]) => {
    for (const job of jobs) {
      const dead = toDead(job);
      if (dead !== null) await onDead(dead);
    }
  });
}

function toDead(job: JobWithMetadata<unknown>): Dead | null {
  const data = payload.safeParse(job.data);
  if (!data.success || job.sourceId === null) return null;
  const error = lastError.safeParse(job.sourceOutput);
  const delivery = {
    jobId: job.sourceId,
    proposalId: data.data.proposalId,
    attempt: job.sourceRetryCount ?? 0,
    finalAttempt: true,
  };
  return error.success
    ? { delivery, ...error.data }
    : { delivery, code: 'lease_lost', message: 'its last delivery left no error' };
}

/** Ends the proposal of a job that was given up, with the code of its last fault. Repeating it changes nothing. */
export async function endDead(db: Db, { delivery, code, message }: Dead): Promise<void> {
  const auditNote = `Given up after ${delivery.attempt + 1} deliveries: ${message}`;
  try {
    await endBuild(db, delivery, { status: 'self_build_failed', failure: code, auditNote }, 'failed');
  } catch (error) {
    // Ended otherwise in the meantime, or somebody set the job going again: then it is not ours to end.
    if (error instanceof Fault && error.code === 'lease_lost') return;
    throw error;
  }
}
