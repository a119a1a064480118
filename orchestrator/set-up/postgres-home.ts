/** Where the embedded Postgres lives, and as whom it runs. */
import { createHash, randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { errorCode } from './error-code.ts';
import { SetUpError } from './set-up-error.ts';

/** Owner of the data when we are root: a number of its own that needs no name and that nothing else runs as. */
const serverUid = 26_432;

/** Where data goes that the server's user couldn't reach under the state directory (a checkout below /root, say). */
const commonHome = '/var/lib/self-coding';

export interface PostgresHome {
  /** Everything that lasts: programs, data, password, log. */
  readonly directory: string;
  /** Everything that a running server needs, under a short path: a socket's path has 107 bytes at most. */
  readonly runDirectory: string;
  /** Who the server runs as; null = as we do. */
  readonly uid: number | null;
}

export const dataDirectory = (home: PostgresHome): string => join(home.directory, 'data');
export const passwordFile = (home: PostgresHome): string => join(home.directory, 'password');
export const socketDirectory = (home: PostgresHome): string => join(home.runDirectory, 'pg');
export const leasePath = (home: PostgresHome): string => join(home.runDirectory, 'lease');

/** Can every user get to this directory? `path` and all above it must let others through. */
export async function isReachable(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & 0o001) === 0) return false;
  return dirname(path) === path || (await isReachable(dirname(path)));
}

/** A place of its own that everybody can reach, with a link to it at `path`. */
async function moveElsewhere(path: string): Promise<void> {
  const elsewhere = join(commonHome, randomBytes(6).toString('hex'));
  await mkdir(elsewhere, { recursive: true });
  // For whoever wonders, years later, if this may go.
  await writeFile(join(elsewhere, 'belongs-to'), `${path}\n`);
  await symlink(elsewhere, path).catch(async (error: unknown) => {
    await rm(elsewhere, { recursive: true });
    // Another process was faster: then its place is ours.
    if (errorCode(error) !== 'EEXIST') throw error;
  });
}

/** The state directory's `postgres` folder, or the place elsewhere that a link of that name leads to. */
async function findDirectory(stateDir: string, isRoot: boolean): Promise<string> {
  const path = join(stateDir, 'postgres');
  await mkdir(stateDir, { recursive: true });
  const isThere = (await lstat(path).catch(() => null)) !== null;
  if (!isThere && isRoot && !(await isReachable(await realpath(stateDir)))) await moveElsewhere(path);
  const target = await readlink(path).catch(() => null);
  const directory = target === null ? path : resolve(stateDir, target);
  await mkdir(directory, { recursive: true });
  return await realpath(directory);
}

/** Of making the directory while a supervisor that ends removes it; each takes well under a millisecond. */
const mostTries = 100;

async function makeRunDirectory(directory: string, uid: number): Promise<string> {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  const parent = uid === 0 && (await stat('/run').catch(() => null)) !== null ? '/run' : '/tmp';
  const path = join(parent, `self-coding-${uid}-${name}`);
  for (let tries = 1; ; tries += 1) {
    try {
      await claimRunDirectory(path, uid);
      return path;
    } catch (error) {
      // It was there, and went before we could look at it: the last user's supervisor has just ended.
      if (errorCode(error) !== 'ENOENT' || tries >= mostTries) throw error;
    }
  }
}

async function claimRunDirectory(path: string, uid: number): Promise<void> {
  await mkdir(path, { mode: 0o711 }).catch((error: unknown) => {
    if (errorCode(error) !== 'EEXIST') throw error;
  });
  const found = await lstat(path);
  // The name can be guessed and /tmp is everybody's: whoever made this directory first could put a database of his own
  // here, and would be asked what to build.
  if (!found.isDirectory() || found.uid !== uid) {
    throw new SetUpError(`${path} belongs to somebody else`, 'Remove it, or set DATABASE_URL to use another database.');
  }
  await chmod(path, 0o711);
}

/** Finds, or makes, the home of the Postgres that belongs to this state directory. Throws `SetUpError`. */
export async function findPostgresHome(stateDir: string): Promise<PostgresHome> {
  const uid = process.getuid?.() ?? -1;
  const directory = await findDirectory(stateDir, uid === 0);
  if ((await stat(directory)).uid !== uid) {
    const remedy =
      'Run this as that user, or set SELF_CODING_STATE_DIR to a directory of your own, or set DATABASE_URL.';
    throw new SetUpError(`the database in ${directory} belongs to another user`, remedy);
  }
  // The server's user must get through, and nobody may list or write.
  await chmod(directory, 0o711);
  const runDirectory = await makeRunDirectory(directory, uid);
  return { directory, runDirectory, uid: uid === 0 ? serverUid : null };
}
