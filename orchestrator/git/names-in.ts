import type { CommitId } from '../ports/git.ts';
import { takeObject } from './blobs.ts';
import { checkedId } from './names.ts';
import type { Readers } from './readers.ts';
import { malformed, pathFrom } from './records.ts';

const idBytes = 20;

/**
 * The names in some directories of a commit's tree (`''` = the root, others end in `/`), by one `cat-file --batch`.
 * Far cheaper than a listing of the whole tree where that has 100,000 files. Directories that are none are left out.
 */
export async function listNames(
  gitDir: string,
  commit: CommitId,
  directories: readonly string[],
  { objects }: Pick<Readers, 'objects'>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  let rest = await objects(directories.map((directory) => `${checkedId(commit)}:${directory.replace(/\/$/, '')}`));
  const found = new Map<string, readonly string[]>();
  for (const directory of directories) {
    const { object, next } = takeObject(rest, gitDir);
    rest = rest.subarray(next);
    if (object?.type === 'tree') found.set(directory, [...namesOf(object.bytes)]);
  }
  return found;
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
