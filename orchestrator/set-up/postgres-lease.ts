/** A user's side of the embedded Postgres: joins the supervisor that runs, or starts one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { leasePath, type PostgresHome } from './postgres-home.ts';
import { SetUpError } from './set-up-error.ts';

const answers = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready') }),
  z.strictObject({ kind: z.literal('failed'), reason: z.string() }),
]);

/** Making the database takes 2 s, starting it 0.2 s; this is for a machine on its knees. In ms. */
const patience = 120_000;
/** The exit code that flock is to use when another supervisor holds the lock; any that Node does not use. */
const lockIsTaken = 75;

/** Says goodbye, and waits until the supervisor has stopped the server, should we have been the last. */
async function release(socket: Socket): Promise<void> {
  if (socket.closed) return;
  socket.ref();
  const closed = once(socket, 'close');
  socket.end();
  await Promise.race([closed, sleep(60_000, undefined, { ref: false })]);
  socket.destroy();
}

/** The supervisor's answer; null if it was just ending and closed the connection instead. */
async function firstLine(socket: Socket): Promise<string | null> {
  let text = '';
  return await new Promise((resolve) => {
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(0, 65_536);
      if (text.includes('\n')) resolve(text);
    });
    socket.on('error', () => resolve(null)).on('close', () => resolve(null));
  });
}

async function joinSupervisor(path: string, signal: AbortSignal): Promise<Socket | null> {
  signal.throwIfAborted();
  const socket = connect({ path, allowHalfOpen: true });
  socket.on('end', () => socket.destroy());
  const leave = () => void release(socket);
  signal.addEventListener('abort', leave, { once: true });
  const line = await firstLine(socket).finally(() => signal.removeEventListener('abort', leave));
  signal.throwIfAborted();
  if (line === null) return null;
  const answer = answers.parse(JSON.parse(line));
  if (answer.kind === 'failed') {
    await release(socket);
    throw new SetUpError(
      `the embedded Postgres can't run: ${answer.reason}`,
      'Or set DATABASE_URL to a Postgres of yours.',
    );
  }
  // Whoever forgets to let go must be able to end all the same.
  socket.unref();
  return socket;
}

async function startSupervisor(home: PostgresHome, stateDir: string): Promise<ChildProcess> {
  const lock = ['--nonblock', '--conflict-exit-code', String(lockIsTaken), '--no-fork', join(home.directory, 'lock')];
  // It does little and should weigh little: with a compile cache it needs no TypeScript stripper from the second start on.
  const node = [process.execPath, '--max-old-space-size=64', '--max-semi-space-size=1'];
  const script = join(import.meta.dirname, 'postgres-supervisor.ts');
  await using log = await open(join(home.directory, 'supervisor.log'), 'w', 0o600);
  const child = spawn('flock', [...lock, ...node, script, stateDir], {
    cwd: '/',
    detached: true,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', NODE_COMPILE_CACHE: join(home.directory, 'compile-cache') },
    stdio: ['ignore', log.fd, log.fd],
  });
  child.on('error', () => undefined);
  child.unref();
  return child;
}

async function refuseFailedStart(child: ChildProcess, home: PostgresHome): Promise<void> {
  if (child.exitCode === 0 || child.exitCode === lockIsTaken) return;
  const log = await readFile(join(home.directory, 'supervisor.log'), 'utf8').catch(() => '(no log)');
  const remedy = 'flock(1), of util-linux, must be installed. Or set DATABASE_URL to a Postgres of yours.';
  throw new SetUpError(`the embedded Postgres could not be started:\n${log.slice(-2000)}`, remedy);
}

/** Returns once the server accepts connections; it does so at least until the lease is disposed of. */
export async function takeLease(home: PostgresHome, stateDir: string, signal: AbortSignal): Promise<AsyncDisposable> {
  const deadline = performance.now() + patience;
  let child: ChildProcess | null = null;
  while (performance.now() < deadline) {
    const socket = await joinSupervisor(leasePath(home), signal);
    if (socket !== null) return { [Symbol.asyncDispose]: () => release(socket) };
    const hasEnded = child === null || child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    if (child !== null && hasEnded) await refuseFailedStart(child, home);
    if (hasEnded) child = await startSupervisor(home, stateDir);
    await sleep(50, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
  throw new SetUpError(
    'the embedded Postgres did not start in time',
    `Look at ${home.directory}, or set DATABASE_URL.`,
  );
}
