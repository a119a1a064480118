import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { testDatabase } from '../support/database.ts';
import { queuedProposal, testQueue } from './given.ts';

test('the view is there before pg-boss is, and outlives the tables of pg-boss', async () => {
  await using database = await testDatabase();
  const { db } = database;
  const rows = () => db.selectFrom('ai_task_queue').select(['status', 'priority']).execute();
  assert.deepEqual(await rows(), [], 'empty, and no error');
  {
    await using queue = await testQueue(database, { role: 'sender' });
    await queuedProposal(db, queue);
  }
  assert.deepEqual(await rows(), [{ status: 'queued', priority: 0 }]);
  await sql`drop schema pgboss cascade`.execute(db);
  assert.deepEqual(await rows(), []);
});
