import { PgBoss, type ConstructorOptions } from 'pg-boss';
import { type Address, connectionConfig } from './database.ts';

export const queueName = 'self_build';
export const deadQueueName = 'self_build_dead';

export interface QueueOptions {
  readonly address: Address;
  /** `engine` works and keeps house; `sender` only enqueues and cancels. */
  readonly role: 'engine' | 'sender';
  /** After this long a delivery is taken away from its worker and the job is delivered again. */
  readonly timeoutSeconds: number;
  /**
   * A negative number: this process works on the jobs that it enqueues itself and no others, for its settings are not
   * those of the engines beside it. They may take its jobs, after all others.
   */
  readonly lane?: number;
  /** Deliveries after the first one, not counting those that the engine's own stop ended; 2 when not given. */
  readonly retryLimit?: number;
  /** Before the first retry, then twice as long each time, at most 60; 5 when not given. */
  readonly retryDelaySeconds?: number;
  /** A worker that was silent for so long is dead; 20 when not given, at least 10. */
  readonly heartbeatSeconds?: number;
  /** Told of what went wrong in the background: the database away, a handler that ignores its signal. */
  readonly onError: (error: unknown) => void;
}

/** Starts pg-boss in its own schema and brings both queues to these settings. Stop it to close its connections. */
export async function startBoss(options: QueueOptions): Promise<PgBoss> {
  const boss = new PgBoss(bossOptions(options));
  // Without listeners a lost connection would end the process.
  boss.on('error', options.onError);
  boss.on('warning', ({ message, data }) => options.onError(new Error(message, { cause: data })));
  try {
    await boss.start();
    await makeQueues(boss, options);
  } catch (cause) {
    await boss.stop({ graceful: false });
    throw new Error('The queue could not be started', { cause });
  }
  return boss;
}

function bossOptions({ address, role }: QueueOptions): ConstructorOptions {
  const works = role === 'engine';
  return {
    ...pooled(address),
    schema: 'pgboss',
    max: works ? 4 : 1,
    application_name: 'self-coding-queue',
    schedule: false,
    supervise: works,
    registerInstance: works,
    useListenNotify: works,
    // How soon a dead worker's job is noticed, beyond its heartbeat.
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    queueCacheIntervalSeconds: 30,
    // We use no flows; this only thins out its polling.
    flowIntervalSeconds: 3600,
  };
}

function pooled(address: Address): ConstructorOptions {
  const { connectionString, host, port, user, password, database } = connectionConfig(address);
  return {
    ...(connectionString !== undefined && { connectionString }),
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(typeof password === 'string' && { password }),
    ...(database !== undefined && { database }),
  };
}

async function makeQueues(boss: PgBoss, options: QueueOptions): Promise<void> {
  // Longer than any approval lives: a job that waits for an engine must not be swept away unseen.
  const kept = { retentionSeconds: 400 * 86_400, deleteAfterSeconds: 30 * 86_400 };
  const dead = { ...kept, retryLimit: 1000, retryDelay: 1, retryBackoff: true, retryDelayMax: 300 };
  const live = {
    ...kept,
    deadLetter: deadQueueName,
    retryLimit: options.retryLimit ?? 2,
    retryDelay: options.retryDelaySeconds ?? 5,
    retryBackoff: true,
    // A job that was stopped again and again waits no longer than this for the next engine.
    retryDelayMax: 60,
    expireInSeconds: options.timeoutSeconds,
    heartbeatSeconds: options.heartbeatSeconds ?? 20,
    notify: true,
  };
  await boss.createQueue(deadQueueName, dead);
  await boss.createQueue(queueName, { ...live, policy: 'exclusive' });
  // A queue that existed keeps its old settings otherwise.
  await boss.updateQueue(deadQueueName, dead);
  await boss.updateQueue(queueName, live);
}
