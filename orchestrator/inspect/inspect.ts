/**
 * From the bytes of a diff to a tree that policy accepts. The same function judges what the model wrote and what a
 * sandbox handed back, and serves the job and the command line alike.
 */
import { refuse, type Refused } from '../outcome.ts';
import type { BareGit, Change, CommitId, TreeId } from '../ports/git.ts';
import type { Flag } from '../ports/sandbox.ts';
import { inspectBytes } from './bytes.ts';
import { inspectCollisions } from './collisions.ts';
import { inspectContent } from './content.ts';
import { inspectHeaders } from './headers.ts';
import { printable } from './names.ts';
import { pathJudge } from './paths.ts';
import type { Rules } from './rules.ts';

export interface Accepted {
  readonly kind: 'accepted';
  /** Tree id of base plus diff; everything later must arrive at the same one. */
  readonly tree: TreeId;
  readonly files: readonly { readonly path: string; readonly status: Change['status'] }[];
  /** What a reviewer should look at twice. */
  readonly flags: readonly Flag[];
}

const gitlink = '160000';
const symlink = '120000';

/** bytes → strict apply → tree → `diff-tree` → number → modes and paths → collisions → content → tests. The first refusal wins. */
export async function inspect(
  base: CommitId,
  diff: Uint8Array,
  git: BareGit,
  rules: Rules,
): Promise<Accepted | Refused> {
  const badBytes = inspectBytes(diff, rules);
  if (badBytes !== null) return badBytes;
  const applied = await git.apply(base, diff);
  if (applied.kind === 'refused') return applied;
  const changes = await git.changes(base, applied.tree);
  if (changes.length === 0) return refuse('diff_empty', 'The diff changes nothing.');
  const named = inspectNames(changes, rules);
  if (named.kind === 'refused') return named;
  const badHeader = inspectHeaders(diff, rules);
  if (badHeader !== null) return badHeader;
  const collision = await inspectCollisions(applied.tree, changes, git);
  if (collision !== null) return collision;
  const content = await inspectContent(changes, git, rules);
  if (content.kind === 'refused') return content;
  const files = changes.map(({ path, status }) => ({ path, status }));
  return { kind: 'accepted', tree: applied.tree, files, flags: [...named.flags, ...content.flags] };
}

/** Number, modes and paths: what `diff-tree` alone decides. */
function inspectNames(
  changes: readonly Change[],
  rules: Rules,
): { readonly kind: 'flags'; readonly flags: readonly Flag[] } | Refused {
  const most = rules.policy.limits.files;
  if (changes.length > most) {
    const reason = `The diff touches ${changes.length} files; at most ${most} are allowed ("limits.files" in policies/diff.json).`;
    return refuse('diff_too_large', reason);
  }
  const judge = pathJudge(rules);
  const flags: Flag[] = [];
  for (const change of changes) {
    const { path } = change;
    // A name is published like a line; it is not repeated here.
    if (rules.findSecret(path) !== null)
      return refuse('diff_secret', 'The name of a file would hold a secret of the engine itself.');
    const judgement = inspectMode(change, rules) ?? judge(path);
    if (typeof judgement !== 'string') return judgement;
    if (judgement === 'guarded') flags.push({ flag: 'guarded', path, line: null });
  }
  return { kind: 'flags', flags };
}

function inspectMode({ path, status, oldMode, newMode }: Change, { policy, approved }: Rules): Refused | null {
  for (const mode of [oldMode, newMode]) {
    // A link could point anywhere, and a gitlink names a commit that nobody here has seen.
    if (mode === symlink || mode === gitlink)
      return refuse('diff_mode_forbidden', `${printable(path)} is a link (mode ${mode}).`, printable(path));
  }
  const kept = status === 'M' && oldMode === newMode;
  const allowed = policy.modes.some((mode) => mode === newMode) || approved.paths.includes(path);
  if (status === 'D' || kept || allowed) return null;
  const reason = `${printable(path)} would get mode ${newMode}; a proposal has to list it (--allow-path), or see "modes" in policies/diff.json.`;
  return refuse('diff_mode_forbidden', reason, printable(path));
}
