import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { Fault } from '../../orchestrator/outcome.ts';
import type { Delivery } from '../../orchestrator/ports/proposal.ts';
import { endDead } from '../../orchestrator/store/dead.ts';
import { findProposal } from '../../orchestrator/store/proposals.ts';
import { testDatabase } from '../support/database.ts';
import { ignoreDead, queuedProposal, testQueue } from './given.ts';

const database = await testDatabase();
after(() => database[Symbol.asyncDispose]());
const { db } = database;

async function queued(): Promise<string> {
  await using sender = await testQueue(database, { role: 'sender' });
  return (await queuedProposal(db, sender)).id;
}

/** No wait between two deliveries. */
const due = () =>
  sql`update pgboss.job set start_after = now() where name = 'self_build' and state = 'retry'`.execute(db);

/** An engine that takes the job and is stopped while it is at work. */
async function stopMeanwhile(): Promise<Delivery> {
  const started = Promise.withResolvers<Delivery>();
  await using queue = await testQueue(database);
  await queue.work({ concurrency: 1, onDead: ignoreDead }, async (delivery, signal) => {
    started.resolve(delivery);
    if (!signal.aborted) await once(signal, 'abort');
    throw signal.reason;
  });
  const delivery = await started.promise;
  await queue.stop();
  await due();
  return delivery;
}

async function stopTimes(count: number): Promise<readonly (readonly [number, boolean])[]> {
  const seen: [number, boolean][] = [];
  for (let time = 0; time < count; time += 1) {
    const { attempt, finalAttempt } = await stopMeanwhile();
    seen.push([attempt, finalAttempt]);
  }
  return seen;
}

test('a job whose engine was stopped five times is delivered a sixth time, each time under a new number', async () => {
  const id = await queued();
  assert.deepEqual(
    (await stopTimes(5)).map(([attempt]) => attempt),
    [0, 1, 2, 3, 4],
  );
  await using queue = await testQueue(database);
  const done = Promise.withResolvers<Delivery>();
  await queue.work({ concurrency: 1, onDead: ignoreDead }, async (delivery) => done.resolve(delivery));
  const { proposalId, attempt, finalAttempt } = await done.promise;
  assert.deepEqual([proposalId, attempt, finalAttempt], [id, 5, false]);
});

test('stops use up no try, and three faults do, whatever the stops: the last fault is how it ended', async () => {
  const id = await queued();
  await stopTimes(2);
  await using queue = await testQueue(database);
  const seen: [number, boolean][] = [];
  const over = Promise.withResolvers<void>();
  const onDead = async (dead: Parameters<typeof endDead>[1]) => {
    await endDead(db, dead);
    over.resolve();
  };
  await queue.work({ concurrency: 1, onDead }, async ({ attempt, finalAttempt }) => {
    seen.push([attempt, finalAttempt]);
    throw new Fault('forge_unavailable', 'forge', `try ${attempt}`);
  });
  const hurry = setInterval(() => void due(), 200);
  await over.promise.finally(() => clearInterval(hurry));
  assert.deepEqual(seen, [
    [2, false],
    [3, false],
    [4, true],
  ]);
  const ended = await findProposal(db, id);
  assert.deepEqual([ended?.status, ended?.failure], ['self_build_failed', 'forge_unavailable']);
});

test('a job is not stopped and started for ever: after 20 retries the next end is the last', async () => {
  const id = await queued();
  await sql`update pgboss.job set retry_limit = 20, retry_count = 19 where data ->> 'proposalId' = ${id}`.execute(db);
  assert.deepEqual(await stopTimes(2), [
    [19, false],
    [20, true],
  ]);
  const job = db.selectFrom('ai_task_queue').select('status').where(sql`payload ->> 'proposalId'`, '=', id);
  assert.deepEqual(await job.execute(), [{ status: 'failed' }]);
});
