import type { Change, CommitId, TreeId } from '../ports/git.ts';
import { type Readers, readOnce } from './readers.ts';
import { malformed, pathFrom, records } from './records.ts';

const head = /^:(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([AMDT])$/;

/**
 * Every path that differs between two trees (or a commit and a tree): the only source of paths and modes for policy, for
 * a diff's text lies about them.
 */
export async function listChanges(
  gitDir: string,
  base: CommitId,
  tree: TreeId,
  { differences }: Pick<Readers, 'differences'> = readOnce(gitDir),
): Promise<readonly Change[]> {
  const raw = await differences(base, tree);
  const parts = [...records(raw)];
  const changes: Change[] = [];
  for (let index = 0; index < parts.length; index += 2) changes.push(parseChange(parts[index], parts[index + 1]));
  return changes;
}

/** `:<old mode> <new mode> <old id> <new id> <status>` and, as a record of its own, the path. */
function parseChange(meta: Uint8Array | undefined, path: Uint8Array | undefined): Change {
  const bytes = meta ?? new Uint8Array();
  const [, oldMode, newMode, oldId, newId, status] = head.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  if (path === undefined || oldMode === undefined || newMode === undefined) throw malformed(bytes);
  if (oldId === undefined || newId === undefined) throw malformed(bytes);
  if (status !== 'A' && status !== 'M' && status !== 'D' && status !== 'T') throw malformed(bytes);
  return { path: pathFrom(path), status, oldMode, newMode, oldId, newId };
}
