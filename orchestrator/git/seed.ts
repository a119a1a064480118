import { copyFile, link, mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hasCode } from './error-code.ts';

/** A mirror with more packs than this is no seed: the next fetch starts from nothing and makes one pack again. */
const mostPacks = 16;

/**
 * Gives a new mirror the objects of the latest one, by hard links, so that a fetch brings only what changed since.
 * Finished mirrors never lose or rewrite a pack, so nothing has to be locked. False when there is none to take from.
 */
export async function seedMirror(home: string, gitDir: string): Promise<boolean> {
  const seed = await latest(home);
  if (seed === null) return false;
  const packs = await readdir(join(seed, 'objects', 'pack'));
  if (packs.length === 0 || packs.filter((name) => name.endsWith('.pack')).length > mostPacks) return false;
  for (const name of packs) await link(join(seed, 'objects', 'pack', name), join(gitDir, 'objects', 'pack', name));
  // What the packs lack of history, and a ref by which git knows that it has them.
  if ((await readdir(seed)).includes('shallow')) await copyFile(join(seed, 'shallow'), join(gitDir, 'shallow'));
  const refs = join('refs', 'self-coding', 'base');
  await mkdir(join(gitDir, refs), { recursive: true });
  const commit = basename(seed, '.git');
  await copyFile(join(seed, refs, commit), join(gitDir, refs, commit));
  return true;
}

async function latest(home: string): Promise<string | null> {
  const paths = (await readdir(home)).filter((name) => name.endsWith('.git')).map((name) => join(home, name));
  const dated = await Promise.all(paths.map(async (path) => ({ path, at: await lastUse(path) })));
  return dated.toSorted((a, b) => b.at - a.at)[0]?.path ?? null;
}

/** 0 for one that another process has just swept away. */
async function lastUse(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
