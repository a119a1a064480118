/** Two names that are one file on a case-insensitive or normalising file system. */
import { refuse, type Refused } from '../outcome.ts';
import type { BareGit, Change, TreeId } from '../ports/git.ts';

/** As file systems compare names that ignore letter case and normalisation. Both ways, for letters with two small forms. */
function key(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/**
 * Refuses an added path, or a directory on its way, that collides with another name in the resulting tree. Only the
 * directories on the way are listed: names can only collide with their siblings.
 */
export async function inspectCollisions(
  tree: TreeId,
  changes: readonly Change[],
  git: BareGit,
): Promise<Refused | null> {
  const added = changes.filter(({ status }) => status === 'A').map(({ path }) => path);
  if (added.length === 0) return null;
  const listing = await git.names(tree, [...new Set(added.flatMap(parentsOf))]);
  const siblings = new Map([...listing].map(([directory, names]) => [directory, Map.groupBy(names, key)]));
  // Of two that are both new the later one is named.
  for (const path of added.toReversed()) {
    const other = siblingOf(path, siblings);
    if (other !== null) {
      const reason = `${path} and ${other} are one file on some file systems; choose another name.`;
      return refuse('diff_path_collision', reason, path);
    }
  }
  return null;
}

/** `''`, `'a/'`, `'a/b/'` for `a/b/c`. */
function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, at) =>
    parts
      .slice(0, at)
      .map((part) => `${part}/`)
      .join(''),
  );
}

/** The path of a sibling that is spelled otherwise, of the path or of a directory on its way; null = there is none. */
function siblingOf(path: string, siblings: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>): string | null {
  for (const directory of parentsOf(path)) {
    const name = path.slice(directory.length).split('/')[0] ?? '';
    const other = siblings
      .get(directory)
      ?.get(key(name))
      ?.find((each) => each !== name);
    if (other !== undefined) return `${directory}${other}`;
  }
  return null;
}
