/**
 * The process that keeps the embedded Postgres for as long as anybody uses it: `node postgres-supervisor.ts STATE_DIR`.
 * It is started by postgres-lease.ts, under a lock that lets only one of it live, and in a session of its own, so that
 * a Ctrl-C meant for one user does not take the server from the others.
 */
import { chmod, rm, rmdir } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer as createListener } from 'node:net';
import { describe } from '../outcome.ts';
import { findPostgresHome, leasePath, type PostgresHome, socketDirectory } from './postgres-home.ts';
import { createServer, type PostgresServer } from './postgres-server.ts';
import { PostgresUsers } from './postgres-users.ts';

/** How long to wait for the first user (ms): whoever started us may have been killed in the meantime. */
const patience = 10_000;

async function listen(path: string, users: PostgresUsers): Promise<AsyncDisposable> {
  // We hold the lock: whoever made this socket is gone.
  await rm(path, { force: true });
  const listener = createListener({ allowHalfOpen: true }, (socket) => users.add(socket));
  listener.listen(path);
  await once(listener, 'listening');
  await chmod(path, 0o600);
  return {
    async [Symbol.asyncDispose]() {
      listener.close();
      await once(listener, 'close');
    },
  };
}

async function answerUsers(server: PostgresServer, users: PostgresUsers): Promise<void> {
  const answer = await server.ensureRunning(users.nobody).then(
    () => ({ kind: 'ready' }),
    (error: unknown) => ({ kind: 'failed', reason: describe(error) }),
  );
  users.answer(JSON.stringify(answer));
}

/** Until nobody is left; whoever comes while the server stops gets it started again. */
async function serveUsers(server: PostgresServer, users: PostgresUsers): Promise<void> {
  do {
    while (users.count > 0) {
      // Each newcomer makes us look again: the server may have crashed since the one before.
      if (users.areWaiting) await answerUsers(server, users);
      else await users.change();
      if (users.count > 0) users.dismiss();
    }
    await server.stop();
  } while (users.count > 0);
}

async function supervise(home: PostgresHome): Promise<void> {
  const users = new PostgresUsers();
  const server = await createServer(home);
  {
    await using _ = await listen(leasePath(home), users);
    process.on('SIGTERM', () => users.dropAll());
    await users.change(AbortSignal.timeout(patience)).catch(() => undefined);
    await serveUsers(server, users);
    users.dismiss();
  }
  await rm(socketDirectory(home), { recursive: true, force: true });
  await rmdir(home.runDirectory);
}

await supervise(await findPostgresHome(process.argv[2] ?? ''));
