/** Makes the embedded Postgres' data directory, with one role and one database. */
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirectory, type PostgresHome, passwordFile } from './postgres-home.ts';
import { firstStatements } from './postgres-settings.ts';
import { type CommandOptions, runCommand } from './run-command.ts';

/** initdb wants a name for its user, and this one has a name on every Debian. The server itself wants none. */
const nobody = 65_534;

/** How the server's programs are run: as its user, knowing nothing of our environment. */
export function runAs(uid: number | null, signal: AbortSignal): CommandOptions {
  const user = uid === null ? {} : { uid, gid: uid };
  // One that is told to stop gets the time to write what it holds.
  return { ...user, cwd: '/', env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }, signal, graceMs: 30_000 };
}

async function makeDirectory(path: string, owner: number | null): Promise<string> {
  await mkdir(path, { mode: 0o700 });
  if (owner !== null) await chown(path, owner, owner);
  return path;
}

async function build(data: string, programs: string, options: CommandOptions): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  const flags = ['-U', 'postgres', '--auth=reject', '--locale=C', '--encoding=UTF8', '--no-sync'];
  await runCommand([join(programs, 'bin', 'initdb'), '-D', data, ...flags], options);
  const single = [join(programs, 'bin', 'postgres'), '--single', '-D', data, '-c', 'exit_on_error=on', 'postgres'];
  await runCommand(single, { ...options, stdin: firstStatements(password) });
  return password;
}

const as = (uid: number): string => `setpriv --reuid ${uid} --regid ${uid} --clear-groups`;

/**
 * Copies `from`, nobody's, to `to`, the server's. Each end runs as its owner: a chown by root would follow a path that
 * any other process of nobody's could bend to a file of its choice.
 */
async function handOver(
  from: string,
  to: string,
  { uid, signal }: { uid: number; signal: AbortSignal },
): Promise<void> {
  const script = `${as(nobody)} tar -C "$1" -cf - . | ${as(uid)} tar -C "$2" -xpf -`;
  await runCommand(['sh', '-c', script, 'sh', from, to], runAs(null, signal));
}

/** Builds the data beside its place and moves it there whole: an abort leaves no half of a database to start from. */
export async function initialise(home: PostgresHome, programs: string, signal: AbortSignal): Promise<void> {
  const incoming = await mkdtemp(join(home.directory, 'data-incoming-'));
  try {
    await chmod(incoming, 0o711);
    const data = await makeDirectory(join(incoming, 'data'), home.uid);
    const fresh = home.uid === null ? data : await makeDirectory(join(incoming, 'fresh'), nobody);
    const password = await build(fresh, programs, runAs(home.uid === null ? null : nobody, signal));
    if (home.uid !== null) await handOver(fresh, data, { uid: home.uid, signal });
    // Once, where the data stays: what a power failure leaves of a database must be a database.
    await runCommand([join(programs, 'bin', 'initdb'), '--sync-only', '-D', data], runAs(home.uid, signal));
    await rm(passwordFile(home), { force: true });
    await writeFile(passwordFile(home), password, { mode: 0o600, flag: 'wx' });
    await rename(data, dataDirectory(home));
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
}
