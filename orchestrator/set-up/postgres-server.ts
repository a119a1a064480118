/** Starts and stops the embedded Postgres. To be called by one process at a time: its supervisor. */
import { constants } from 'node:fs';
import { chown, lchown, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataDirectory, type PostgresHome, socketDirectory } from './postgres-home.ts';
import { initialise, runAs } from './postgres-initdb.ts';
import { installPrograms } from './postgres-programs.ts';
import { accessRules, serverSettings } from './postgres-settings.ts';
import { CommandFailed, runCommand } from './run-command.ts';
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

/** pg_ctl's own time limits bound it. Never aborted: a server that is just starting or stopping must not get lost. */
async function control({ home, programs }: Installed, ...args: readonly string[]): Promise<void> {
  const argv = [join(programs, 'bin', 'pg_ctl'), '-D', dataDirectory(home), ...args];
  await runCommand(argv, runAs(home.uid, new AbortController().signal));
}

async function isRunning(installed: Installed): Promise<boolean> {
  try {
    await control(installed, 'status');
    return true;
  } catch (error) {
    // pg_ctl(1): 3 = not running, 4 = no data directory.
    if (error instanceof CommandFailed && (error.exitCode === 3 || error.exitCode === 4)) return false;
    throw error;
  }
}

async function start(installed: Installed): Promise<void> {
  const log = join(dataDirectory(installed.home), 'server.log');
  await rm(log, { force: true });
  try {
    await control(installed, '-w', '-t', '60', '-l', log, 'start');
  } catch (cause) {
    // The file is the server's: a link in its place could make root read out something else.
    const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
    const said = await readFile(log, { encoding: 'utf8', flag }).catch(() => '(it wrote no log)');
    throw new Error(`Postgres did not start:\n${said.slice(-2000)}`, { cause });
  }
}

/** The server of this home. */
export async function createServer(home: PostgresHome): Promise<PostgresServer> {
  const installed = { home, programs: await installPrograms(home.directory) };
  return {
    async ensureRunning(signal) {
      if (await isRunning(installed)) return;
      await removeUnfinished(home.directory);
      const isNew = (await stat(dataDirectory(home)).catch(() => null)) === null;
      if (isNew) await initialise(home, installed.programs, signal);
      await refuseOtherVersion(installed, signal);
      await prepareSockets(home);
      await writeSettings(home);
      signal.throwIfAborted();
      await start(installed);
    },
    async stop() {
      if (await isRunning(installed)) await control(installed, '-m', 'fast', '-w', '-t', '60', 'stop');
    },
  };
}
