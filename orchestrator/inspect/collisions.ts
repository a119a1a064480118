/** Two names that are one file on a case-insensitive or normalising file system. */
import { refuse, type Refused } from '../outcome.ts';
import type { Change, TreeEntry } from '../ports/git.ts';

function key(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** Refuses an added path, or a directory on its way, that collides with another name in the resulting tree. */
export function inspectCollisions(changes: readonly Change[], base: readonly TreeEntry[]): Refused | null {
  const added = changes.filter((change) => change.status === 'A').map((change) => change.path);
  const gone = new Set(changes.filter((change) => change.status === 'D').map((change) => change.path));
  const names = new Map<string, string>();
  for (const entry of base) if (!gone.has(entry.path)) remember(names, entry.path);
  for (const path of added) {
    const other = remember(names, path);
    if (other !== null)
      return refuse('diff_path_collision', `${path} and ${other} are one file on some file systems.`, path);
  }
  return null;
}

/** Notes a path and all its directories; returns a different spelling of one of them that was noted before. */
function remember(names: Map<string, string>, path: string): string | null {
  for (let end = path.indexOf('/'); ; end = path.indexOf('/', end + 1)) {
    const part = end === -1 ? path : path.slice(0, end);
    const known = names.get(key(part));
    if (known !== undefined && known !== part) return known;
    names.set(key(part), part);
    if (end === -1) return null;
  }
}
