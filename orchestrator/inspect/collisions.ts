/** Two names that are one file on a case-insensitive or normalising file system. */
import { refuse, type Refused } from '../outcome.ts';
import type { BareGit, Change, CommitId } from '../ports/git.ts';

/** As file systems compare names that ignore letter case and normalisation. Both ways, for letters with two small forms. */
function key(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/**
 * Refuses an added path, or a directory on its way, that collides with another name in the resulting tree. Only the
 * directories on the way are listed: names can only collide with their siblings.
 */
export async function inspectCollisions(
  base: CommitId,
  changes: readonly Change[],
  git: BareGit,
): Promise<Refused | null> {
  const added = changes.filter(({ status }) => status === 'A').map(({ path }) => path);
  if (added.length === 0) return null;
  const gone = new Set(changes.filter(({ status }) => status === 'D').map(({ path }) => path));
  const directories = [...new Set(added.flatMap((path) => parentsOf(path)))];
  const listing = await git.names(base, directories);
  const siblings = new Map<string, Map<string, string>>();
  for (const [directory, names] of listing) {
    const kept = names.filter((name) => !gone.has(`${directory}${name}`));
    siblings.set(directory, new Map(kept.map((name) => [key(name), name])));
  }
  for (const path of added) {
    const other = remember(siblings, path);
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

/** Notes a path's names in their directories; returns the path of a sibling that is spelled otherwise. */
function remember(siblings: Map<string, Map<string, string>>, path: string): string | null {
  for (const directory of parentsOf(path)) {
    const name = path.slice(directory.length).split('/')[0] ?? '';
    const names = siblings.get(directory) ?? new Map<string, string>();
    siblings.set(directory, names);
    const known = names.get(key(name));
    if (known !== undefined && known !== name) return `${directory}${known}`;
    names.set(key(name), name);
  }
  return null;
}
