/** What a local repository takes from other places of the disk. git follows all of it, and can't be told not to. */
import type { Dirent } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { hasCode } from '../git/error-code.ts';

const mostLenders = 16;
const mostBytes = 65_536;

/**
 * The part of a repository that lies elsewhere, or that a reader would wait for without end; null when all of it is in
 * `gitDir` itself.
 */
export async function leadsElsewhere(gitDir: string): Promise<string | null> {
  const top = await readdir(gitDir, { withFileTypes: true });
  const odd = top.find((entry) => entry.name === 'commondir' || isNoFile(entry));
  if (odd !== undefined) return odd.name;
  for (const part of ['objects', 'refs']) {
    const link = await linkIn(join(gitDir, part));
    if (link !== null) return join(part, link);
  }
  return null;
}

/**
 * The object directories that it borrows from, and those that they borrow from. Null when that can't be told: too many,
 * one that is written in quotes (which no tool of git does), a list that is no file, links.
 */
export async function lendersOf(objects: string): Promise<readonly string[] | null> {
  const places = new Set([objects]);
  // A set goes on with what is added on the way, and comes to each place once.
  for (const place of places) {
    const lines = await alternatesOf(place);
    if (lines === null || lines.some((line) => line.startsWith('"'))) return null;
    for (const line of lines) places.add(resolve(place, line));
    if (places.size > mostLenders || (await linkIn(place)) !== null) return null;
  }
  places.delete(objects);
  return [...places];
}

async function linkIn(directory: string): Promise<string | null> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.find((entry) => entry.isSymbolicLink() || isNoFile(entry))?.name ?? null;
  } catch (error) {
    // A lender that is gone lends nothing.
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

function isNoFile(entry: Dirent): boolean {
  return entry.isFIFO() || entry.isCharacterDevice() || entry.isBlockDevice();
}

async function alternatesOf(objects: string): Promise<readonly string[] | null> {
  const path = join(objects, 'info', 'alternates');
  try {
    const found = await lstat(path);
    if (!found.isFile() || found.size > mostBytes) return null;
    const lines = (await readFile(path, 'utf8')).split('\n');
    return lines.filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}
