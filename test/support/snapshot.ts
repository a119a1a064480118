/** The state of files that nobody may touch. */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface Snapshot {
  readonly root: string;
  /** Names at the top that were left out. */
  readonly except: readonly string[];
  /** Hash of the content, time of the last change and mode, by path. */
  readonly files: ReadonlyMap<string, string>;
}

export async function snapshotOf(root: string, except: readonly string[] = []): Promise<Snapshot> {
  const files = new Map<string, string>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (except.some((name) => path === join(root, name) || path.startsWith(`${join(root, name)}/`))) continue;
    files.set(path, entry.isFile() ? await fingerprint(path) : 'no file');
  }
  return { root, except, files };
}

async function fingerprint(path: string): Promise<string> {
  const [bytes, { mtimeMs, mode }] = await Promise.all([readFile(path), stat(path)]);
  return `${createHash('sha256').update(bytes).digest('hex')} ${mtimeMs} ${mode.toString(8)}`;
}
