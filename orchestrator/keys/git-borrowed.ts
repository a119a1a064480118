/** What a local repository takes from other places of the disk. git follows all of it, and can't be told not to. */
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode } from '../git/error-code.ts';

/** As git: deeper ones are ignored. */
const mostLevels = 5;

/** Where its objects and refs really lie: null when all of them are in `gitDir` itself, else what leads elsewhere. */
export async function leadsElsewhere(gitDir: string): Promise<string | null> {
  if ((await readdir(gitDir)).includes('commondir')) return 'commondir';
  for (const part of ['objects', 'refs']) {
    const entries = await readdir(join(gitDir, part), { recursive: true, withFileTypes: true });
    const link = entries.find((entry) => entry.isSymbolicLink());
    if (link !== undefined) return join(part, link.name);
  }
  return null;
}

/**
 * The object directories that it borrows from, and those that they borrow from; "" for one that is written in quotes,
 * which no tool of git does.
 */
export async function lendersOf(objects: string, level = 0): Promise<readonly string[]> {
  const lines = (await textOf(join(objects, 'info', 'alternates'))).split('\n');
  const paths = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const lenders = paths.map((path) => (path.startsWith('"') ? '' : resolve(objects, path)));
  if (level === mostLevels) return lenders;
  const known = lenders.filter((lender) => lender !== '');
  const further = await Promise.all(known.map((lender) => lendersOf(lender, level + 1)));
  return [...lenders, ...further.flat()];
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return '';
    throw error;
  }
}
