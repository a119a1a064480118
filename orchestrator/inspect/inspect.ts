/**
 * From the bytes of a diff to a tree that policy accepts. The same function judges what the model wrote and what a
 * sandbox handed back, and serves the job and the command line alike.
 */
import { refuse, type Refused } from '../outcome.ts';
import type { BareGit, Change, CommitId, TreeId } from '../ports/git.ts';
import { inspectBytes } from './bytes.ts';
import { inspectCollisions } from './collisions.ts';
import { pathJudge } from './paths.ts';
import type { DiffPolicy } from './policy.ts';

export interface Accepted {
  readonly kind: 'accepted';
  /** Tree id of base plus diff; everything later must arrive at the same one. */
  readonly tree: TreeId;
  readonly files: readonly { readonly path: string; readonly status: Change['status'] }[];
}

const gitlink = '160000';
const symlink = '120000';

/** bytes → strict apply → tree → `diff-tree` → number, modes, paths, collisions, content. The first refusal wins. */
export async function inspect(
  base: CommitId,
  diff: Uint8Array,
  git: BareGit,
  policy: DiffPolicy,
): Promise<Accepted | Refused> {
  const badBytes = inspectBytes(diff, policy);
  if (badBytes !== null) return badBytes;
  const applied = await git.apply(base, diff);
  if (applied.kind === 'refused') return applied;
  const changes = await git.changes(base, applied.tree);
  if (changes.length === 0) return refuse('diff_empty', 'The diff changes nothing.');
  if (changes.length > policy.limits.files) {
    return refuse(
      'diff_too_large',
      `The diff touches ${changes.length} files; at most ${policy.limits.files} are allowed.`,
    );
  }
  const refused =
    inspectChanges(changes, policy) ?? (await inspectNames(base, changes, git)) ?? (await inspectContent(changes, git));
  if (refused !== null) return refused;
  return { kind: 'accepted', tree: applied.tree, files: changes.map(({ path, status }) => ({ path, status })) };
}

function inspectChanges(changes: readonly Change[], policy: DiffPolicy): Refused | null {
  const judge = pathJudge(policy);
  for (const change of changes) {
    const refused = inspectMode(change, policy) ?? judge(change);
    if (refused !== null) return refused;
  }
  return null;
}

function inspectMode({ path, status, oldMode, newMode }: Change, policy: DiffPolicy): Refused | null {
  for (const mode of [oldMode, newMode]) {
    // A link could point anywhere, and a gitlink names a commit that nobody here has seen.
    if (mode === symlink || mode === gitlink)
      return refuse('diff_mode_forbidden', `${path} is a link (mode ${mode}).`, path);
  }
  const kept = status === 'M' && oldMode === newMode;
  if (status !== 'D' && !kept && !policy.modes.some((allowed) => allowed === newMode)) {
    return refuse('diff_mode_forbidden', `${path} would get mode ${newMode}; see "modes" in policies/diff.json.`, path);
  }
  return null;
}

/** The whole tree is only listed when a name was added: nothing else can collide. */
async function inspectNames(base: CommitId, changes: readonly Change[], git: BareGit): Promise<Refused | null> {
  if (!changes.some((change) => change.status === 'A')) return null;
  return inspectCollisions(changes, await git.entries(base));
}

/** A file that git shows as binary can't be read in a review. */
async function inspectContent(changes: readonly Change[], git: BareGit): Promise<Refused | null> {
  const written = changes.filter((change) => change.status !== 'D');
  const blobs = await git.blobs(written.map((change) => change.newId));
  for (const [index, change] of written.entries()) {
    if (blobs[index]?.includes(0) !== false) return refuse('diff_binary', `${change.path} is not text.`, change.path);
  }
  return null;
}
