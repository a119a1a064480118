/** Which paths a change may touch, judged on what `git diff-tree` says, never on the diff's text. */
import ignore from 'ignore';
import { refuse, type Refused } from '../outcome.ts';
import type { DiffPolicy } from './policy.ts';
import { flawOf, printable } from './names.ts';
import { matcher, type Rules } from './rules.ts';

/** `guarded` = it is one of the files that only an approval opens, and this one did. */
export type Judgement = Refused | 'plain' | 'guarded';

/** Compiled once per inspection. In this order: name, blocked, protected, guarded, scope, suffix. */
export function pathJudge({ policy, approved }: Rules): (path: string) => Judgement {
  const open = matcher(policy.open);
  const closed = closedJudge(policy, open);
  const guarded = matcher(policy.guarded);
  const inScope = scopeJudge(approved.scope);
  return (path) => {
    const flaw = flawOf(path, policy);
    if (flaw !== null) return refuse('diff_path_invalid', `The path ${printable(path)} ${flaw}.`, printable(path));
    const refused = closed(path);
    if (refused !== null) return refused;
    const listed = approved.paths.includes(path);
    const isGuarded = guarded(path) && !open(path);
    if (isGuarded && !listed) return closedByGuard(path);
    if (!listed && !inScope(path)) return outOfScope(path);
    if (!isGuarded && !policy.suffixes.some((suffix) => path.endsWith(suffix))) return wrongSuffix(path, policy);
    return isGuarded ? 'guarded' : 'plain';
  };
}

/** In one of the patterns, and in none that begins with `!`, whatever their order: gitignore itself would not see `!src/x/` below `src/`. */
function scopeJudge(scope: readonly string[]): (path: string) => boolean {
  const [outside, inside] = [
    scope.filter((line) => line.startsWith('!')),
    scope.filter((line) => !line.startsWith('!')),
  ];
  const isInside = inside.length === 0 ? () => true : matcher(inside, true);
  // Letter case counts for what is let in, not for what is kept out.
  const isOutside = matcher(outside.map((line) => line.slice(1)));
  return (path) => isInside(path) && !isOutside(path);
}

/** What no approval opens. */
function closedJudge(policy: DiffPolicy, open: (path: string) => boolean): (path: string) => Refused | null {
  const blocked = matcher(policy.blocked);
  const closed = matcher(policy.protected);
  const own = matcher(policy.own.protected);
  return (path) => {
    if (blocked(path)) return refuse('diff_path_protected', `${path} is blocked; no setting can open it.`, path);
    if (own(path)) {
      const reason = `${path} is protected by the repository itself; see "protected" in its .self-coding.json.`;
      return refuse('diff_path_protected', reason, path);
    }
    if (!closed(path) || open(path)) return null;
    const reason = `${path} decides how code is reviewed, shipped or judged; no approval opens it. See "protected" and "repositories" in policies/diff.json.`;
    return refuse('diff_path_protected', reason, path);
  };
}

function closedByGuard(path: string): Refused {
  const reason = `${path} decides what is installed or how it is built; a proposal has to list it (--allow-path ${path}), or see "guarded" and "repositories" in policies/diff.json.`;
  return refuse('diff_path_protected', reason, path);
}

function outOfScope(path: string): Refused {
  return refuse('diff_path_out_of_scope', `${path} is outside of what the proposal is approved for (its scope).`, path);
}

function wrongSuffix(path: string, { suffixes }: DiffPolicy): Refused {
  const reason = `${path} ends in none of ${suffixes.join(', ')}; see SELF_CODING_ALLOWED_FILE_SUFFIXES.`;
  return refuse('diff_suffix_not_allowed', reason, path);
}

/** Is this path one that no setting can open? Compiled once per policy. Also for a path that no diff could have. */
export function isBlocked(policy: DiffPolicy): (path: string) => boolean {
  const blocked = matcher(policy.blocked);
  return (path) => !ignore.isPathValid(path) || blocked(path);
}
