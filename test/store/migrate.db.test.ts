import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { connectDatabase } from '../../orchestrator/store/database.ts';
import { migrate } from '../../orchestrator/store/migrate.ts';
import { keepServer, testDatabase } from '../support/database.ts';

const server = await keepServer();
after(() => server[Symbol.asyncDispose]());
const onError = () => undefined;
const names = [
  '0001-proposals',
  '0002-events',
  '0003-builds',
  '0004-feedback',
  '0005-task-queue',
  '0006-allowed-paths',
];

test('many processes may bring one database up to date at the same time: each migration runs once', async () => {
  await using database = await testDatabase({ migrated: false });
  await using stack = new AsyncDisposableStack();
  const processes = Array.from({ length: 6 }, () => stack.use(connectDatabase(database.address, { onError, max: 2 })));
  const ran = await Promise.all(processes.map(({ db }) => migrate(db)));
  assert.deepEqual(ran.flat().toSorted(), names);
  assert.deepEqual(await migrate(database.db), [], 'a second run has nothing to do');
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name in
      ('ai_feedback_events', 'ai_improvement_proposals', 'ai_proposal_events', 'ai_self_builds', 'ai_task_queue')
  `.execute(database.db);
  assert.equal(tables.rows.length, 5);
});

test('a migration that fails is named, and leaves nothing half-made', async () => {
  await using database = await testDatabase({ migrated: false });
  await sql`create table public.ai_self_builds (in_the_way integer)`.execute(database.db);
  await assert.rejects(migrate(database.db), /in 0003-builds/);
  await sql`drop table public.ai_self_builds`.execute(database.db);
  await migrate(database.db);
  assert.deepEqual(await migrate(database.db), []);
});
