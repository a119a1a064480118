/** The database and the queue of this process, from the settings. */
import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { describe } from './outcome.ts';
import { openDatabase } from './set-up/database.ts';
import { type Address, connectDatabase } from './store/database.ts';
import { migrate } from './store/migrate.ts';
import { createQueue, type Queue } from './store/queue.ts';
import type { Db } from './store/schema.ts';

export interface Store extends AsyncDisposable {
  readonly db: Db;
  readonly queue: Queue;
  /** True where this process works on nobody's jobs but its own. */
  readonly ownJobsOnly: boolean;
}

export interface StoreOptions {
  /** `engine` works on jobs, `sender` only queues them, `own jobs only` works on those that it queues itself. */
  readonly role: 'engine' | 'sender' | 'own jobs only';
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/**
 * Connects to `DATABASE_URL`, or starts (or joins) the embedded Postgres, brings the tables up to date and opens the
 * queue. Disposing closes all of it in the reverse order. Throws when the database can't be reached.
 */
export async function openStore(config: Config, { role, log, signal }: StoreOptions): Promise<Store> {
  await using opened = new AsyncDisposableStack();
  const address = await addressOf(config, signal, opened);
  const onError = (error: unknown) => log.warn({ reason: describe(error) }, 'database');
  const { db } = opened.use(connectDatabase(address, { onError }));
  await migrate(db);
  const timeoutSeconds = config.AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS;
  const ownJobsOnly = role === 'own jobs only';
  const lane = ownJobsOnly ? { role: 'engine' as const, lane: -randomInt(1, 2 ** 31) } : { role };
  const queue = opened.use(await createQueue({ address, ...lane, timeoutSeconds, onError }));
  const kept = opened.move();
  return { db, queue, ownJobsOnly, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function addressOf(config: Config, signal: AbortSignal, opened: AsyncDisposableStack): Promise<Address> {
  if (config.DATABASE_URL !== undefined) return config.DATABASE_URL;
  return opened.use(await openDatabase({ stateDir: config.SELF_CODING_STATE_DIR, signal }));
}
