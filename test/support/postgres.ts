/** A Postgres server of a test's own, to be stopped and started again; for everything else see database.ts. */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgresHome, passwordFile, socketDirectory } from '../../orchestrator/set-up/postgres-home.ts';
import { createServer } from '../../orchestrator/set-up/postgres-server.ts';
import type { AddressParts } from '../../orchestrator/store/database.ts';

export interface OwnPostgres extends AsyncDisposable {
  readonly address: AddressParts;
  start(): Promise<void>;
  /** Cuts every connection and returns when the server is gone. */
  stop(): Promise<void>;
}

/** Makes a server in a temporary directory and starts it. Dispose of it to stop and remove it. */
export async function ownPostgres(): Promise<OwnPostgres> {
  await using stack = new AsyncDisposableStack();
  const stateDir = await mkdtemp(join(tmpdir(), 'self-coding-test-'));
  stack.defer(() => rm(stateDir, { recursive: true, force: true }));
  // The server's own user must get through.
  await chmod(stateDir, 0o755);
  const home = await findPostgresHome(stateDir);
  for (const path of [home.runDirectory, home.directory]) stack.defer(() => rm(path, { recursive: true, force: true }));
  const server = await createServer(home);
  stack.defer(() => server.stop());
  const { signal } = new AbortController();
  await server.ensureRunning(signal);
  const address = {
    host: socketDirectory(home),
    user: 'self_coding',
    password: await readFile(passwordFile(home), 'utf8'),
    database: 'self_coding',
  };
  const owned = stack.move();
  return {
    address,
    start: () => server.ensureRunning(signal),
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
