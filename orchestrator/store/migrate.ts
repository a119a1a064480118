import { type Migration, type MigrationResultSet, Migrator } from 'kysely/migration';
import * as proposals from './migrations/0001-proposals.ts';
import * as events from './migrations/0002-events.ts';
import * as builds from './migrations/0003-builds.ts';
import * as feedback from './migrations/0004-feedback.ts';
import * as taskQueue from './migrations/0005-task-queue.ts';
import * as allowedPaths from './migrations/0006-allowed-paths.ts';
import type { Db } from './schema.ts';

/**
 * In the order of their names, each once, for ever. A change is a new file.
 * What they refuse has an SQLSTATE of ours: SC001 illegal move, SC002 content or approval is fixed, SC003 append-only,
 * SC004 read-only view, SC005 a move without its event in the audit.
 */
const migrations: Readonly<Record<string, Migration>> = {
  '0001-proposals': proposals,
  '0002-events': events,
  '0003-builds': builds,
  '0004-feedback': feedback,
  '0005-task-queue': taskQueue,
  '0006-allowed-paths': allowedPaths,
};

/**
 * Brings the tables up to date under an advisory lock, so that any number of processes may call it at once.
 * Returns the names of the migrations that this call ran (none, when there was nothing to do). Throws with the
 * failed migration's name; they are one transaction, so nothing half-made stays.
 */
export async function migrate(db: Db): Promise<readonly string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableName: 'ai_migrations',
    migrationLockTableName: 'ai_migrations_lock',
  });
  return done(await migrator.migrateToLatest());
}

function done({ error, results }: MigrationResultSet): readonly string[] {
  if (error !== undefined) {
    const failed = results?.find((result) => result.status === 'Error')?.migrationName;
    const where = failed === undefined ? 'before any migration' : `in ${failed}`;
    throw new Error(`The database could not be brought up to date (${where})`, { cause: error });
  }
  return (results ?? []).map((result) => result.migrationName);
}
