/** A database without set-up: an embedded Postgres below the state directory, shared by all who use that directory. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findPostgresHome, passwordFile, socketDirectory } from './postgres-home.ts';
import { takeLease } from './postgres-lease.ts';

/** Where it is (`host` is the directory of a Unix socket), in the words of `pg`. Dispose of it to let go. */
export interface EmbeddedDatabase extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface DatabaseLocation {
  /** Absolute path; the data goes to its `postgres` folder, or to where a link of that name points. */
  readonly stateDir: string;
  readonly signal: AbortSignal;
}

/**
 * Starts the embedded Postgres, or joins it where another process has started it, and returns when it accepts
 * connections. It stops when the last user has let go or has died. The role owns the database and may create more, and
 * is no superuser. Throws `SetUpError` where it can't run, and the signal's reason after an abort.
 */
export async function openDatabase({ stateDir, signal }: DatabaseLocation): Promise<EmbeddedDatabase> {
  const home = await findPostgresHome(resolve(stateDir));
  const lease = await takeLease(home, resolve(stateDir), signal);
  const password = await readFile(passwordFile(home), 'utf8');
  const name = 'self_coding';
  return {
    host: socketDirectory(home),
    port: 5432,
    user: name,
    password,
    database: name,
    [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
  };
}
