import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { Fault } from '../../orchestrator/outcome.ts';
import type { Delivery } from '../../orchestrator/ports/proposal.ts';
import { cancelBuild } from '../../orchestrator/store/cancel-build.ts';
import { createProposals } from '../../orchestrator/store/create-proposals.ts';
import { endDead } from '../../orchestrator/store/dead.ts';
import { history } from '../../orchestrator/store/events.ts';
import { findProposal } from '../../orchestrator/store/proposals.ts';
import { sql } from 'kysely';
import { testDatabase } from '../support/database.ts';
import { ignoreDead, proposalAt, queuedProposal, testQueue, unknownDelivery } from './given.ts';

const database = await testDatabase();
after(() => database[Symbol.asyncDispose]());
const { db } = database;

test('a job reaches the worker when its transaction commits, and not when it is rolled back', async () => {
  await using queue = await testQueue(database);
  await using sender = await testQueue(database, { role: 'sender' });
  const delivered = Promise.withResolvers<Delivery>();
  await queue.work({ concurrency: 1, onDead: ignoreDead }, async (delivery) => delivered.resolve(delivery));
  const lost = await proposalAt(db, 'queued_for_self_build');
  const rolledBack = db.transaction().execute(async (trx) => {
    await sender.enqueue(trx, lost.id);
    throw new Error('no after all');
  });
  await assert.rejects(rolledBack, /no after all/);
  const kept = await queuedProposal(db, sender);
  const delivery = await delivered.promise;
  assert.deepEqual([delivery.proposalId, delivery.attempt, delivery.finalAttempt], [kept.id, 0, false]);
  const jobs = await db.selectFrom('ai_task_queue').select('payload').execute();
  assert.deepEqual(jobs, [{ payload: { proposalId: kept.id } }]);
});

test('a proposal has one job at a time, waiting, running or between two tries', async () => {
  await using queue = await testQueue(database);
  const { id } = await queuedProposal(db, queue);
  const again = () => db.transaction().execute((trx) => queue.enqueue(trx, id));
  assert.equal(await again(), false, 'while it waits');
  const running = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  await queue.work({ concurrency: 1, onDead: ignoreDead }, async ({ proposalId, attempt }) => {
    if (proposalId !== id) return;
    if (attempt === 1) running.resolve();
    if (attempt === 1) await finish.promise;
    else throw new Fault('forge_unavailable', 'forge', 'not now');
  });
  await running.promise;
  assert.equal(await again(), false, 'while it runs for the second time');
  finish.resolve();
});

test('a handler that throws gets the job again, and after the last try it is given up with the last code', async () => {
  await using queue = await testQueue(database, { retryLimit: 2 });
  const seen: Delivery[] = [];
  const over = Promise.withResolvers<void>();
  const work = {
    concurrency: 1,
    onDead: async (dead: Parameters<typeof endDead>[1]) => {
      await endDead(db, dead);
      over.resolve();
    },
  };
  const { id } = await queuedProposal(db, queue);
  await queue.work(work, async (delivery) => {
    if (delivery.proposalId !== id) return;
    seen.push(delivery);
    throw new Fault('forge_unavailable', 'forge', `try ${delivery.attempt} \0`, { cause: new Error('refused') });
  });
  await over.promise;
  assert.deepEqual(
    seen.map(({ attempt, finalAttempt }) => [attempt, finalAttempt]),
    [
      [0, false],
      [1, false],
      [2, true],
    ],
  );
  const ended = await findProposal(db, id);
  assert.deepEqual([ended?.status, ended?.failure], ['self_build_failed', 'forge_unavailable']);
  assert.equal(ended?.auditNote, 'Given up after 3 deliveries: try 2 \uFFFD: refused');
  const job = await db.selectFrom('ai_task_queue').selectAll().where(sql`payload ->> 'proposalId'`, '=', id).execute();
  assert.deepEqual(
    job.map(({ status, attempts, max_attempts, error }) => [status, attempts, max_attempts, error]),
    [['failed', 3, 3, 'try 2 \uFFFD: refused']],
  );
});

test('an error that is no fault is given up as internal_error, and one proposal is ended once', async () => {
  await using queue = await testQueue(database, { retryLimit: 0 });
  const { id } = await queuedProposal(db, queue);
  const over = Promise.withResolvers<void>();
  const work = {
    concurrency: 1,
    onDead: async (dead: Parameters<typeof endDead>[1]) => {
      await Promise.all([endDead(db, dead), endDead(db, dead)]);
      over.resolve();
    },
  };
  await queue.work(work, async () => {
    throw new TypeError('x is not a function');
  });
  await over.promise;
  assert.equal((await findProposal(db, id))?.failure, 'internal_error');
  assert.equal((await history(db, id)).filter(({ to }) => to === 'self_build_failed').length, 1);
});

test('a cancelled build aborts its handler, which can write nothing more, and is not tried again', async () => {
  await using queue = await testQueue(database);
  const proposals = createProposals(db);
  const { id } = await queuedProposal(db, queue);
  const started = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<{ readonly reason: unknown; readonly late: PromiseSettledResult<void>[] }>();
  await queue.work({ concurrency: 1, onDead: ignoreDead }, async (delivery, signal) => {
    if (delivery.proposalId !== id) return;
    started.resolve();
    if (!signal.aborted) await once(signal, 'abort');
    const ending = { status: 'pr_opened', failure: null, auditNote: 'opened' } as const;
    const late = await Promise.allSettled([proposals.end(delivery, ending), proposals.progress(delivery, {})]);
    ended.resolve({ reason: signal.reason, late });
    signal.throwIfAborted();
  });
  await started.promise;
  const request = { proposalId: id, by: 'grace', note: 'Taken back' };
  assert.deepEqual(await cancelBuild({ db, queue }, request), { kind: 'cancelled' });
  const { reason, late } = await ended.promise;
  assert.ok(reason instanceof Fault && reason.code === 'lease_lost');
  for (const result of late) {
    assert.ok(result.status === 'rejected' && result.reason instanceof Fault && result.reason.code === 'lease_lost');
  }
  const after = await findProposal(db, id);
  assert.deepEqual([after?.status, after?.failure, after?.auditNote], ['self_build_failed', 'cancelled', 'Taken back']);
  assert.deepEqual(await cancelBuild({ db, queue }, request), { kind: 'wrong_status', status: 'self_build_failed' });
  const nobody = unknownDelivery('00000000-0000-4000-8000-000000000000');
  assert.deepEqual(await cancelBuild({ db, queue }, { ...request, ...nobody }), { kind: 'not_found' });
});

test('a queue that stops aborts its handlers, waits for them, and leaves the job to be delivered again', async () => {
  const { id } = await (async () => {
    await using queue = await testQueue(database);
    const proposal = await queuedProposal(db, queue);
    const started = Promise.withResolvers<void>();
    await queue.work({ concurrency: 1, onDead: ignoreDead }, async (delivery, signal) => {
      if (delivery.proposalId !== proposal.id) return;
      started.resolve();
      if (!signal.aborted) await once(signal, 'abort');
      assert.ok(signal.reason instanceof Fault && signal.reason.code === 'cancelled');
      throw signal.reason;
    });
    await started.promise;
    return proposal;
  })();
  const job = () => db.selectFrom('ai_task_queue').select('status').where(sql`payload ->> 'proposalId'`, '=', id);
  assert.deepEqual(await job().execute(), [{ status: 'retrying' }]);
  await using queue = await testQueue(database);
  const again = Promise.withResolvers<number>();
  await queue.work({ concurrency: 1, onDead: ignoreDead }, async ({ proposalId, attempt }) => {
    if (proposalId === id) again.resolve(attempt);
  });
  assert.equal(await again.promise, 1);
});

test('a handler that lost its lease is not tried again, and a job written by hand is dropped', async () => {
  await using queue = await testQueue(database);
  const { id } = await queuedProposal(db, queue);
  const dropped = sql`insert into pgboss.job (name, data) values ('self_build', '{"proposalId": "x", "run": "rm"}')`;
  await dropped.execute(db);
  const seen: string[] = [];
  await queue.work({ concurrency: 1, onDead: ignoreDead }, async ({ proposalId, jobId }) => {
    seen.push(proposalId);
    throw new Fault('lease_lost', jobId, 'somebody else has it');
  });
  const open = () =>
    db.selectFrom('ai_task_queue').select('id').where('status', 'in', ['queued', 'running', 'retrying']).execute();
  while ((await open()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(seen, [id]);
  assert.equal(queue.errors.length, 2, 'both are reported');
});
