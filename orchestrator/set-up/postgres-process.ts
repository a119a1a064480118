/** The server as a process: is it there, start it, stop it. Without pg_ctl, which takes a zombie for a running server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dataDirectory, type PostgresHome } from './postgres-home.ts';
import { runAs } from './postgres-initdb.ts';
import { processName } from './running-dockerd.ts';

/** Recovery after a power failure reads what was written since the last checkpoint: 256 MB at most. In ms. */
const startPatience = 120_000;
const stopPatience = 60_000;

type State =
  | { readonly kind: 'running'; readonly pid: number; readonly isReady: boolean }
  | { readonly kind: 'stopped' };

/** A process id alone may belong to somebody else by now, or to a zombie. Works without the right to trace others. */
async function isServerOf(data: string, pid: number): Promise<boolean> {
  if ((await processName(pid)) !== 'postgres') return false;
  const line = await readFile(join('/proc', String(pid), 'cmdline'), 'utf8').catch(() => '');
  return line.includes(`\0-D\0${data}\0`);
}

/** Lines of postmaster.pid: 1 the process id, 7 key and id of the shared memory, 8 the state. */
async function readLockFile(data: string): Promise<readonly string[] | null> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null);
  return text === null ? null : text.split('\n').map((line) => line.trim());
}

/** What postmaster.pid says, where that is still true. */
async function stateOf(home: PostgresHome): Promise<State> {
  const data = dataDirectory(home);
  const [first, , , , , , , state] = (await readLockFile(data)) ?? [];
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 1 || !(await isServerOf(data, pid))) return { kind: 'stopped' };
  return { kind: 'running', pid, isReady: state === 'ready' };
}

/** Is any process attached to this piece of System V shared memory? All of a server's are, to the same one. */
async function isInUse(shmid: string): Promise<boolean> {
  const [head = '', ...rows] = (await readFile('/proc/sysvipc/shm', 'utf8')).trim().split('\n');
  const column = (name: string) => head.trim().split(/\s+/).indexOf(name);
  const fields = rows.map((row) => row.trim().split(/\s+/)).find((row) => row[column('shmid')] === shmid);
  return fields !== undefined && fields[column('nattch')] !== '0';
}

/** True as soon as `condition` is, false after `ms`. */
async function within(ms: number, condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + ms;
  while (!(await condition())) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

/** Waits for one that is just starting or stopping; says whether there is one in the end. */
export async function isServing(home: PostgresHome): Promise<boolean> {
  let state = await stateOf(home);
  await within(startPatience, async () => {
    state = await stateOf(home);
    return state.kind === 'stopped' || state.isReady;
  });
  return state.kind === 'running' && state.isReady;
}

/**
 * A lock file whose server is dead only stands in the way: its process id may be another's by now, or a zombie's. But the
 * children of a killed server end by themselves, not at once, and a second server beside them would destroy the data.
 */
async function removeStaleLock(data: string): Promise<void> {
  const shmid = (await readLockFile(data))?.[6]?.split(/\s+/)[1];
  if (shmid !== undefined && !(await within(stopPatience, async () => !(await isInUse(shmid))))) {
    throw new Error(`processes of a dead server are still at work in ${data}`);
  }
  await rm(join(data, 'postmaster.pid'), { force: true });
}

async function spawnServer(home: PostgresHome, programs: string, log: string): Promise<ChildProcess> {
  const { uid, gid, env } = runAs(home.uid, new AbortController().signal);
  // The directory is the server's: through a link in its place, root would write elsewhere.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
  await using file = await open(log, flags, 0o600);
  const program = join(programs, 'bin', 'postgres');
  const stdio = ['ignore' as const, file.fd, file.fd];
  const child = spawn(program, ['-D', dataDirectory(home)], { cwd: '/', uid, gid, env, detached: true, stdio });
  // One that can't be started has no process id, and is seen as ended.
  child.on('error', () => undefined);
  child.unref();
  return child;
}

/** Starts a server where none is, and returns when it accepts connections. Throws with the end of its log. */
export async function startServer(home: PostgresHome, programs: string): Promise<void> {
  const data = dataDirectory(home);
  await removeStaleLock(data);
  const log = join(data, 'server.log');
  const child = await spawnServer(home, programs, log);
  const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const isReady = async () => {
    const state = await stateOf(home);
    return state.kind === 'running' && state.isReady;
  };
  await within(startPatience, async () => hasEnded() || (await isReady()));
  if (!hasEnded() && (await isReady())) return;
  await stopServer(home);
  // The file is the server's, too: a link in its place could make root read out something else.
  const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
  const said = await readFile(log, { encoding: 'utf8', flag }).catch(() => '(it wrote no log)');
  throw new Error(`Postgres did not start:\n${said.slice(-2000)}`);
}

/** Stops the server, if there is one: without waiting for its clients, with everything on disk. */
export async function stopServer(home: PostgresHome): Promise<void> {
  // "Fast", then "immediate" shutdown: the second leaves the next start some recovery to do.
  for (const how of ['SIGINT', 'SIGQUIT'] as const) {
    const state = await stateOf(home);
    if (state.kind === 'stopped') return;
    process.kill(state.pid, how);
    const data = dataDirectory(home);
    if (await within(stopPatience, async () => !(await isServerOf(data, state.pid)))) return;
  }
  throw new Error(`the server of ${home.directory} does not stop`);
}
