import { Fault } from '../outcome.ts';
import type { CommitId } from '../ports/git.ts';
import { checkedId } from './names.ts';
import { type Readers, readOnce } from './readers.ts';
import { malformed, pathFrom, records } from './records.ts';
import { must, TooMuchOutput } from './run.ts';

const head = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d{1,12})$/;
const missing = / missing$/;
const newline = 0x0a;

/**
 * The blobs' bytes in the order asked for, by `cat-file --batch`: never `archive`, whose content .gitattributes change.
 * Throws `Fault` if one is missing or no blob, or if all together are over 256 MiB.
 */
export async function readBlobs(
  gitDir: string,
  ids: readonly string[],
  { objects }: Pick<Readers, 'objects'> = readOnce(gitDir),
): Promise<readonly Uint8Array[]> {
  if (ids.length === 0) return [];
  const blobs: Uint8Array[] = [];
  let rest = await objects(ids.map(checkedId));
  for (const id of ids) {
    const { object, next } = takeObject(rest, gitDir);
    if (object?.id !== id || object.type !== 'blob') {
      throw new Fault('internal_error', gitDir, `${id} is no blob of this repository`);
    }
    blobs.push(object.bytes);
    rest = rest.subarray(next);
  }
  if (rest.byteLength > 0) throw malformed(rest);
  return blobs;
}

/** As `readBlobs`, by id and each once; `too much` is a value, for it is the work of a diff that copies large files. */
export async function readContents(
  gitDir: string,
  ids: readonly string[],
  readers: Pick<Readers, 'objects'>,
): Promise<ReadonlyMap<string, Uint8Array> | 'too much'> {
  const unique = [...new Set(ids)];
  try {
    const blobs = await readBlobs(gitDir, unique, readers);
    return new Map(blobs.map((bytes, at) => [unique[at] ?? '', bytes]));
  } catch (error) {
    if (error instanceof TooMuchOutput) return 'too much';
    throw error;
  }
}

/** Bytes of a file that is read as a setting. */
const mostSettingBytes = 65_536;

/** The bytes of one small file of a commit; null = there is nothing, `no file` = a directory, link, gitlink or over 64 KiB. */
export async function readFile(gitDir: string, commit: CommitId, path: string): Promise<Uint8Array | 'no file' | null> {
  const listing = await must({ args: ['ls-tree', '-z', '-l', '--full-tree', checkedId(commit), '--', path], gitDir });
  const [record] = records(listing);
  if (record === undefined) return null;
  const [, mode, id, size] = /^(\d{6}) [a-z]+ ([0-9a-f]{40}) +(\d+|-)\t/.exec(pathFrom(record)) ?? [];
  if (mode === undefined || id === undefined) throw malformed(record);
  if (!mode.startsWith('100') || Number(size) > mostSettingBytes) return 'no file';
  const [bytes] = await readBlobs(gitDir, [id]);
  return bytes ?? null;
}

export interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * The first object of an answer of `cat-file --batch`, null where it is missing, and where the next one begins.
 * `<id> <type> <size>LF<bytes>LF`; the size is checked against what is there before anything is cut by it.
 */
export function takeObject(
  answer: Uint8Array,
  gitDir: string,
): { readonly object: GitObject | null; readonly next: number } {
  const end = answer.indexOf(newline);
  const line = Buffer.from(answer.subarray(0, Math.max(end, 0))).toString('latin1');
  if (end >= 0 && missing.test(line)) return { object: null, next: end + 1 };
  const [, id, type, size] = head.exec(line) ?? [];
  if (id === undefined || type === undefined) {
    throw new Fault(
      'internal_error',
      gitDir,
      `git cat-file answered with something else than an object: ${line.slice(0, 200)}`,
    );
  }
  const start = end + 1;
  const stop = start + Number(size);
  if (answer[stop] !== newline) throw malformed(answer.subarray(0, Math.min(end, 200)));
  return { object: { id, type, bytes: answer.subarray(start, stop) }, next: stop + 1 };
}
