import type { Change, CommitId, TreeId } from '../ports/git.ts';
import { checkedId } from './names.ts';
import { malformed, pathFrom, records } from './records.ts';
import { must } from './run.ts';

const head = /^:(\d{6}) (\d{6}) ([0-9a-f]{40}) ([0-9a-f]{40}) ([AMDT])$/;

/**
 * Every path that differs between a commit and a tree: the only source of paths and modes for policy, for a diff's text
 * lies about them. Renames are shown as what they are, a deletion and an addition, so that both sides are judged.
 */
export async function listChanges(gitDir: string, base: CommitId, tree: TreeId): Promise<readonly Change[]> {
  const options = ['-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--no-ext-diff', '--no-textconv'];
  const raw = await must({ args: ['diff-tree', ...options, checkedId(base), checkedId(tree)], gitDir });
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
