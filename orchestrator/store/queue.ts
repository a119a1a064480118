import { fromKysely, type PgBoss } from 'pg-boss';
import { type QueueOptions, queueName, startBoss } from './boss.ts';
import { type Dead, workOnDead } from './dead.ts';
import { type Handler, workOn } from './work.ts';
import type { Trx } from './schema.ts';

export interface WorkOptions {
  /** Jobs at the same time in this process. */
  readonly concurrency: number;
  /** Called when a job's last delivery failed; repeated until it does not throw. */
  readonly onDead: (dead: Dead) => Promise<void>;
}

export interface Queue extends AsyncDisposable {
  /** Adds the proposal's job when the transaction commits. False: there is a job of this proposal already. */
  enqueue(trx: Trx, proposalId: string): Promise<boolean>;
  /** Cancels the proposal's waiting or running job when the transaction commits. False: there is none. */
  cancel(proposalId: string, trx: Trx): Promise<boolean>;
  /** Begins to deliver jobs to this handler. Only in the role `engine`. */
  work(options: WorkOptions, handler: Handler): Promise<void>;
  /** Aborts the running handlers, waits for them to clean up (at most 30 s), and closes the connections. */
  stop(): Promise<void>;
}

/** Connects to the queue, making it where it is not there yet. Throws when the database can't be reached. */
export async function createQueue(options: QueueOptions): Promise<Queue> {
  const boss = await startBoss(options);
  const stopping = new AbortController();
  const stop = async (): Promise<void> => {
    stopping.abort();
    await boss.stop({ graceful: true, timeout: 30_000 });
  };
  return {
    enqueue: async (trx, proposalId) => {
      const settings = { singletonKey: proposalId, priority: options.lane ?? 0, db: fromKysely(trx) };
      return (await boss.send(queueName, { proposalId }, settings)) !== null;
    },
    cancel: (proposalId, trx) => cancel(boss, proposalId, trx),
    work: async ({ concurrency, onDead }, handler) => {
      if (options.role !== 'engine') throw new Error('A sender does not work: nobody would notice when it dies');
      const { lane = null, onError } = options;
      await workOn(boss, { concurrency, handler, stopping: stopping.signal, lane, onError });
      await workOnDead(boss, onDead);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

async function cancel(boss: PgBoss, proposalId: string, trx: Trx): Promise<boolean> {
  const db = fromKysely(trx);
  const jobs = await boss.findJobs(queueName, { key: proposalId, db });
  const open = jobs.filter(({ state }) => state === 'created' || state === 'retry' || state === 'active');
  if (open.length === 0) return false;
  const ids = open.map(({ id }) => id);
  await boss.cancel(queueName, ids, { db });
  return true;
}
