import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { type AddressParts, connectDatabase } from '../../orchestrator/store/database.ts';
import { testDatabase } from '../support/database.ts';
import { ignoreDead, queuedProposal, testQueue } from './given.ts';

function urlOf({ host, port, user, password, database }: AddressParts): string {
  const url = new URL(`postgres://localhost:${port ?? 5432}/${database}`);
  url.username = user;
  url.password = password;
  url.searchParams.set('host', host);
  return url.href;
}

test('a URL reaches the same database as its parts do, for tables and queue alike', async () => {
  await using database = await testDatabase();
  const address = urlOf(database.address);
  await using byUrl = connectDatabase(address, { onError: () => undefined });
  await using queue = await testQueue(database, { address });
  const delivered = Promise.withResolvers<string>();
  const handler = async ({ proposalId }: { readonly proposalId: string }) => delivered.resolve(proposalId);
  await queue.work({ concurrency: 1, onDead: ignoreDead }, handler);
  const { id } = await queuedProposal(byUrl.db, queue);
  assert.equal(await delivered.promise, id);
  assert.deepEqual(queue.errors, []);
  const listening = await sql`select 1 from pg_stat_activity 
    where query like 'LISTEN%' and datname = current_database()`.execute(byUrl.db);
  assert.equal(listening.rows.length, 1, 'the queue is told of new jobs, it does not only poll');
});

test('a statement cannot run for ever, nor a transaction lie idle', async () => {
  await using database = await testDatabase({ migrated: false });
  const settings = await sql<{ readonly statement: string; readonly idle: string }>`
    select current_setting('statement_timeout') as statement,
      current_setting('idle_in_transaction_session_timeout') as idle`.execute(database.db);
  assert.deepEqual(settings.rows, [{ statement: '30s', idle: '1min' }]);
});

test('a sender does not work', async () => {
  await using database = await testDatabase();
  await using sender = await testQueue(database, { role: 'sender' });
  await assert.rejects(sender.work({ concurrency: 1, onDead: ignoreDead }, async () => undefined));
});
