/** A fresh database for one test file: migrated, empty, dropped at the end. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { Client } from 'pg';
import { openDatabase } from '../../orchestrator/set-up/database.ts';
import { type AddressParts, connectDatabase } from '../../orchestrator/store/database.ts';
import { migrate } from '../../orchestrator/store/migrate.ts';
import type { Db } from '../../orchestrator/store/schema.ts';

/** One embedded server for all test files, joined by each and stopped by the last; its files stay for the next run. */
const stateDir = resolve(import.meta.dirname, '../../.self-coding/test');

export interface TestDatabase extends AsyncDisposable {
  readonly address: AddressParts;
  readonly db: Db;
}

/** Keeps the server running while a file's tests come and go with databases of their own. */
export function keepServer(): Promise<AsyncDisposable> {
  return openDatabase({ stateDir, signal: new AbortController().signal });
}

/** `await using database = await testDatabase()`. With `migrated: false` it is without our tables. */
export async function testDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await openDatabase({ stateDir, signal: new AbortController().signal }));
  const database = `test_${randomBytes(8).toString('hex')}`;
  const { host, port, user, password } = server;
  await onServer(server, `create database ${database} encoding 'UTF8' template template0`);
  stack.defer(() => drop(server, database));
  const address = { host, port, user, password, database };
  // A connection that breaks is no failure of a test that cuts it on purpose.
  const { db } = stack.use(connectDatabase(address, { onError: () => undefined }));
  if (migrated) await migrate(db);
  const owned = stack.move();
  return { address, db, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/**
 * Ends the connections that tests have left, and drops the database. `with (force)` would want to end an autovacuum worker
 * too, which only a superuser may; a plain drop asks it to go, and waits.
 */
async function drop(server: AddressParts, database: string): Promise<void> {
  await onServer(
    server,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}' and usename = current_user`,
  );
  await onServer(server, `drop database ${database}`);
}

async function onServer({ host, port, user, password, database }: AddressParts, statement: string): Promise<void> {
  const client = new Client({ host, port, user, password, database });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
