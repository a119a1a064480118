import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { describe } from '../../orchestrator/outcome.ts';
import { connectDatabase } from '../../orchestrator/store/database.ts';
import { createProposals } from '../../orchestrator/store/create-proposals.ts';
import { migrate } from '../../orchestrator/store/migrate.ts';
import { createQueue } from '../../orchestrator/store/queue.ts';
import { findProposal } from '../../orchestrator/store/proposals.ts';
import { verifyChain } from '../../orchestrator/store/verify-chain.ts';
import { ownPostgres } from '../support/postgres.ts';
import { ignoreDead, queuedProposal, testQueue } from './given.ts';

test('a database that goes away and comes back is an interruption: worker, job and connections go on', async () => {
  await using server = await ownPostgres();
  const errors: unknown[] = [];
  await using database = connectDatabase(server.address, { onError: (error) => errors.push(error) });
  const { db } = database;
  await migrate(db);
  await using queue = await testQueue(
    { ...database, address: server.address },
    // So long that a slow machine does not make the outage look like a dead worker.
    { heartbeatSeconds: 120 },
  );
  const proposals = createProposals(db);
  const started = Promise.withResolvers<void>();
  const back = Promise.withResolvers<void>();
  const seen: string[] = [];
  // One of the two is at work during the outage, the other one idle.
  await queue.work({ concurrency: 2, onDead: ignoreDead }, async (delivery) => {
    seen.push(delivery.proposalId);
    if (seen.length === 1) started.resolve();
    await back.promise;
    await proposals.end(delivery, { status: 'self_build_completed', failure: null, auditNote: 'done' });
  });
  const first = await queuedProposal(db, queue);
  await started.promise;

  await Promise.all(Array.from({ length: 3 }, () => sql`select pg_sleep(0.1)`.execute(db)));
  // One connection is in the middle of a transaction, the others are idle.
  const cut = db.transaction().execute(async (trx) => {
    await sql`select 1`.execute(trx);
    await server.stop();
    await sql`select 1`.execute(trx);
  });
  await assert.rejects(cut);
  await assert.rejects(findProposal(db, first.id), 'while it is away, calls fail');
  await server.start();
  back.resolve();

  const second = await queuedProposal(db, queue);
  for (const { id } of [first, second]) {
    while ((await findProposal(db, id))?.status !== 'self_build_completed') {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  assert.deepEqual(seen, [first.id, second.id], 'each was delivered once');
  assert.equal((await verifyChain(db)).kind, 'intact');
  assert.ok(errors.length > 0 && queue.errors.length > 0, 'both told of it');
});

test('a database that cannot be reached is an error at the start, not a crash or a wait', async () => {
  const address = { host: '/nonexistent', user: 'x', password: 'x', database: 'x' };
  await using database = connectDatabase(address, { onError: () => undefined });
  await assert.rejects(migrate(database.db), /could not be brought up to date/);
  const options = { address, role: 'sender', timeoutSeconds: 60, onError: () => undefined } as const;
  await assert.rejects(createQueue(options), (error) => /queue could not be started.*ENOENT/.test(describe(error)));
});
