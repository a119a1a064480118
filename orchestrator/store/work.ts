import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { z } from 'zod';
import { describe, Fault } from '../outcome.ts';
import type { Delivery } from '../ports/proposal.ts';
import { queueName } from './boss.ts';
import { storableText } from './storable.ts';

/**
 * Does one delivery. It returns when the job came to an end of any kind, and throws when it is to be tried again.
 * The signal aborts, with a `Fault` as its reason, when the job was taken away (cancelled, expired) or the engine stops.
 */
export type Handler = (delivery: Delivery, signal: AbortSignal) => Promise<void>;

export interface Worker {
  readonly concurrency: number;
  readonly handler: Handler;
  readonly stopping: AbortSignal;
  /** Only jobs of this lane; null = all. */
  readonly lane: number | null;
  readonly onError: (error: unknown) => void;
}

export const payload = z.strictObject({ proposalId: z.uuid() });

/** Begins to fetch jobs: at once when one is announced, and every 2 s in any case. */
export async function workOn(boss: PgBoss, worker: Worker): Promise<void> {
  const options = {
    includeMetadata: true,
    localConcurrency: worker.concurrency,
    pollingIntervalSeconds: 1,
    // With the default of 30 s a backlog crawls: an announcement wakes a worker for one job only.
    notifyPollingIntervalSeconds: 2,
    // Also how soon a running handler hears that it was cancelled.
    heartbeatRefreshSeconds: 1,
    ...(worker.lane !== null && { minPriority: worker.lane, maxPriority: worker.lane }),
  } as const;
  await boss.work(queueName, options, async (jobs: JobWithMetadata<unknown>[]) => {
    for (const job of jobs) await deliver(boss, job, worker);
  });
}

async function deliver(boss: PgBoss, job: JobWithMetadata<unknown>, worker: Worker): Promise<void> {
  const data = payload.safeParse(job.data);
  if (!data.success) {
    // Nobody but enqueue() writes jobs. Against one that was put into the table by hand: it is dropped, not run.
    worker.onError(new Error(`Job ${job.id} has a payload that is not ours; it was dropped`, { cause: data.error }));
    return;
  }
  const delivery = {
    jobId: job.id,
    proposalId: data.data.proposalId,
    attempt: job.retryCount,
    finalAttempt: job.retryCount >= job.retryLimit,
  };
  using watch = watchSignals(delivery, job.signal, worker.stopping);
  try {
    await worker.handler(delivery, watch.signal);
  } catch (error) {
    worker.onError(error);
    // Somebody else has the job, so there is nothing to retry here.
    if (error instanceof Fault && error.code === 'lease_lost') return;
    if (worker.stopping.aborted) await spareTry(boss, delivery, worker.onError);
    throw forTheQueue(error, delivery);
  }
}

/** Of one job; a stop gives it no more than this, or a job that brings its engine down could go on for ever. */
const mostRetries = 20;

/**
 * That the engine stops is no fault of the job, so it gets one try more; its attempts still have a number each.
 * Only where it is still ours: the statement changes nothing when somebody else has the job by now.
 */
async function spareTry(boss: PgBoss, { jobId, attempt }: Delivery, onError: Worker['onError']): Promise<void> {
  const statement = `update pgboss.job set retry_limit = retry_limit + 1
    where name = $1 and id = $2 and state = 'active' and retry_count = $3 and retry_limit < $4`;
  try {
    await boss.getDb().executeSql(statement, [queueName, jobId, attempt, mostRetries]);
  } catch (error) {
    // Then it has used up a try; what ended the delivery is the error to pass on.
    onError(error);
  }
}

/** One signal out of two, with a reason that says which. */
function watchSignals({ jobId }: Delivery, taken: AbortSignal, stopping: AbortSignal) {
  const controller = new AbortController();
  const onTaken = () => controller.abort(new Fault('lease_lost', jobId, 'The queue took the job away'));
  const onStopping = () => controller.abort(new Fault('cancelled', jobId, 'The engine is stopping'));
  if (stopping.aborted) onStopping();
  taken.addEventListener('abort', onTaken, { once: true });
  stopping.addEventListener('abort', onStopping, { once: true });
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      taken.removeEventListener('abort', onTaken);
      stopping.removeEventListener('abort', onStopping);
    },
  };
}

/** The queue writes the error into its table, whole: bounded, without causes, and as text that Postgres can keep. */
function forTheQueue(error: unknown, { jobId }: Delivery): Fault {
  const { code, subject } = error instanceof Fault ? error : { code: 'internal_error' as const, subject: jobId };
  return new Fault(code, storableText(subject, 500), storableText(describe(error), 2000));
}
