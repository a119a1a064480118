/** The files of the local forge: whole or not there, one number each. */
import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../outcome.ts';

const maxBytes = 4 * 1024 * 1024;

const localPullRequest = z.strictObject({
  number: z.int().positive(),
  url: z.string(),
  draft: z.literal(true),
  state: z.enum(['open', 'closed']),
  repository: z.string(),
  proposalId: z.string(),
  baseBranch: z.string(),
  branch: z.string(),
  commit: z.string(),
  title: z.string(),
  body: z.string(),
  labels: z.array(z.string()),
});

/** As it is kept; `url` is the file URL of the Markdown beside it. */
export type LocalPullRequest = Readonly<z.output<typeof localPullRequest>>;

/** Every pull request of a folder, by number. Throws `Fault('forge_unavailable')` on a file that is none. */
export async function readAll(folder: string): Promise<readonly LocalPullRequest[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{1,9}\.json$/.test(name));
  const read = await Promise.all(names.map((name) => readOne(join(folder, name))));
  return read.filter((one) => one !== null).toSorted((a, b) => a.number - b.number);
}

async function readOne(path: string): Promise<LocalPullRequest | null> {
  try {
    if ((await stat(path)).size > maxBytes) throw new Error('larger than a pull request of ours');
    return localPullRequest.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    // Another engine gave way to a lower number just now.
    if (isCode(error, 'ENOENT')) return null;
    throw new Fault('forge_unavailable', path, `${path} is no pull request of ours`, { cause: error });
  }
}

/** Writes a file that must not exist yet, in one step. False if it does. */
export async function linkNew(path: string, text: string): Promise<boolean> {
  return await withTemporary(path, text, async (temporary) => {
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false;
      throw error;
    }
  });
}

/** Writes a file whole, over whatever was there. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await withTemporary(path, text, (temporary) => rename(temporary, path));
}

async function withTemporary<T>(path: string, text: string, use: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { flag: 'wx', flush: true });
    return await use(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
