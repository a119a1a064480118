import type { CommitId } from '../ports/git.ts';
import { takeObject } from './blobs.ts';
import { checkedId } from './names.ts';
import { malformed, pathFrom } from './records.ts';
import { must } from './run.ts';

const idBytes = 20;

/**
 * The names in some directories of a commit's tree (`''` = the root, others end in `/`), by one `cat-file --batch`.
 * Far cheaper than a listing of the whole tree where that has 100,000 files. Directories that are none are left out.
 */
export async function listNames(
  gitDir: string,
  commit: CommitId,
  directories: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const asked = directories.map((directory) => `${checkedId(commit)}:${oneLine(directory).replace(/\/$/, '')}`);
  const stdin = Buffer.from(asked.map((name) => `${name}\n`).join(''));
  let rest: Uint8Array = await must({ args: ['cat-file', '--batch'], gitDir, stdin });
  const found = new Map<string, readonly string[]>();
  for (const directory of directories) {
    const { object, next } = takeObject(rest, gitDir);
    rest = rest.subarray(next);
    if (object?.type === 'tree') found.set(directory, [...namesOf(object.bytes)]);
  }
  return found;
}

/** A line break would make two requests of one. */
function oneLine(path: string): string {
  if (path.includes('\n')) throw new TypeError('a path with a line break can not be asked for');
  return path;
}

/** A tree object: `<mode> <name>NUL<20 bytes of id>`, again and again. */
function* namesOf(tree: Uint8Array): Generator<string> {
  for (let at = 0; at < tree.byteLength; ) {
    const space = tree.indexOf(0x20, at);
    const end = tree.indexOf(0, space);
    if (space === -1 || end === -1) throw malformed(tree.subarray(at));
    yield pathFrom(tree.subarray(space + 1, end));
    at = end + 1 + idBytes;
  }
}
