/** Starts and stops the embedded Postgres. To be called by one process at a time: its supervisor. */
import { chown, lchown, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirectory, type PostgresHome, socketDirectory } from './postgres-home.ts';
import { initialise, runAs } from './postgres-initdb.ts';
import { isServing, startServer, stopServer } from './postgres-process.ts';
import { installPrograms } from './postgres-programs.ts';
import { accessRules, serverSettings } from './postgres-settings.ts';
import { runCommand } from './run-command.ts';
import { SetUpError } from './set-up-error.ts';

export interface PostgresServer {
  /** Runs on return, made first if there was none; joins one that a killed supervisor left running. */
  ensureRunning(signal: AbortSignal): Promise<void>;
  /** Has stopped on return, clients or not, with everything on disk. */
  stop(): Promise<void>;
}

interface Installed {
  readonly home: PostgresHome;
  readonly programs: string;
}

async function removeUnfinished(directory: string): Promise<void> {
  for (const name of (await readdir(directory)).filter((name) => name.includes('-incoming-'))) {
    await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function refuseOtherVersion({ home, programs }: Installed, signal: AbortSignal): Promise<void> {
  const data = (await readFile(join(dataDirectory(home), 'PG_VERSION'), 'utf8')).trim();
  const said = await runCommand([join(programs, 'bin', 'postgres'), '--version'], runAs(home.uid, signal));
  if (/ (\d+)[.\w]*$/.exec(said)?.[1] === data) return;
  const remedy = `Dump it with the old release and move ${dataDirectory(home)} away, or set DATABASE_URL.`;
  throw new SetUpError(`the database was made by Postgres ${data}, and this is ${said}`, remedy);
}

/** An empty directory for sockets: what a killed server left there is stale, as none is running now. */
async function prepareSockets(home: PostgresHome): Promise<void> {
  const path = socketDirectory(home);
  await mkdir(path, { mode: 0o700, recursive: true });
  if (home.uid !== null) await chown(path, home.uid, home.uid);
  // One by one: removing a tree as root, in a directory of another user, could be led astray by a link.
  for (const name of await readdir(path)) await rm(join(path, name));
}

async function writeSettings(home: PostgresHome): Promise<void> {
  const files = { 'postgresql.conf': serverSettings(socketDirectory(home)), 'pg_hba.conf': accessRules };
  for (const [name, text] of Object.entries(files)) {
    const path = join(dataDirectory(home), name);
    // Removed and made anew: through a link that the server's user put there, root would write to a file of its choice.
    await rm(path, { force: true });
    await writeFile(path, text, { mode: 0o600, flag: 'wx' });
    if (home.uid !== null) await lchown(path, home.uid, home.uid);
  }
}

/** The server of this home. */
export async function createServer(home: PostgresHome): Promise<PostgresServer> {
  const installed = { home, programs: await installPrograms(home.directory) };
  return {
    async ensureRunning(signal) {
      if (await isServing(home)) return;
      await removeUnfinished(home.directory);
      const isNew = (await stat(dataDirectory(home)).catch(() => null)) === null;
      if (isNew) await initialise(home, installed.programs, signal);
      await refuseOtherVersion(installed, signal);
      await prepareSockets(home);
      await writeSettings(home);
      signal.throwIfAborted();
      // Not to be aborted: what has just been started must not get lost. It takes a moment, and then can be stopped.
      await startServer(home, installed.programs);
    },
    stop: () => stopServer(home),
  };
}
