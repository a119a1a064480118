import type { CommitId, TreeEntry } from '../ports/git.ts';
import { checkedId } from './names.ts';
import { malformed, pathFrom, records } from './records.ts';
import { must } from './run.ts';

/** Bytes of a listing; 200,000 entries with paths of 200 bytes are 50 MiB. */
const listingBytes = 128 * 2 ** 20;
const head = /^(\d{6}) (blob|tree|commit) ([0-9a-f]{40}) +(\d+|-)$/;

/** Every file, link and gitlink of a commit's tree, recursively, in git's order. Throws `Fault` for a listing over 128 MiB. */
export async function listEntries(gitDir: string, commit: CommitId): Promise<readonly TreeEntry[]> {
  const args = ['ls-tree', '-r', '-z', '-l', '--full-tree', checkedId(commit)];
  const listing = await must({ args, gitDir, stdoutBytes: listingBytes });
  return [...records(listing)].map(parseEntry);
}

/** `<mode> <type> <id> <size><TAB><path>` */
function parseEntry(record: Uint8Array): TreeEntry {
  const tab = record.indexOf(0x09);
  const [, mode, type, id, size] = head.exec(Buffer.from(record.subarray(0, tab)).toString('latin1')) ?? [];
  if (tab === -1 || mode === undefined || id === undefined) throw malformed(record);
  if (type !== 'blob' && type !== 'tree' && type !== 'commit') throw malformed(record);
  return { mode, type, id, path: pathFrom(record.subarray(tab + 1)), size: type === 'blob' ? Number(size) : null };
}
