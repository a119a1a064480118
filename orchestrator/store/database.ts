import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Schema } from './schema.ts';

/** Where the database is: a `postgres://` URL, or the parts of one (`host` may be a socket's directory). */
export type Address = string | AddressParts;

export interface AddressParts {
  readonly host: string;
  readonly port?: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface DatabaseOptions {
  /** Connections at most. */
  readonly max?: number;
  /** Told of a connection that broke while nobody was using it; the pool makes another one. */
  readonly onError: (error: Error) => void;
}

export interface Database extends AsyncDisposable {
  readonly db: Kysely<Schema>;
}

/** An address in the shape that `pg` takes. */
export function connectionConfig(address: Address): pg.ClientConfig {
  return typeof address === 'string' ? { connectionString: address } : { ...address };
}

/**
 * Opens a small pool; nothing is connected until the first statement. Dispose of it to close every connection.
 * Statements end after 30 s, transactions left open after 60 s.
 */
export function connectDatabase(address: Address, options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...connectionConfig(address),
    max: options.max ?? 8,
    application_name: 'self-coding',
    connectionTimeoutMillis: 10_000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  // A server that goes away would otherwise end this process: an 'error' event without a listener is an exception,
  // both on the pool (idle connections) and on a client between two statements of a transaction.
  pool.on('error', options.onError);
  pool.on('connect', (client) => client.on('error', options.onError));
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  return { db, [Symbol.asyncDispose]: () => db.destroy() };
}
