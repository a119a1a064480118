/** Everything that one inspection is judged by. */
import ignore, { type Ignore } from 'ignore';
import type { DiffPolicy } from './policy.ts';

/** What a person approved beside the words of a proposal. */
export interface Approved {
  /** Patterns of paths that the change may touch, gitignore syntax, `!` = but not these; empty = wherever policy lets it. */
  readonly scope: readonly string[];
  /** Exact paths of guarded files that the change may touch, of files that it may make executable, of tests that it may drop. */
  readonly paths: readonly string[];
}

export interface Rules {
  /** The operator's policy for this repository, tightened by the repository's own. */
  readonly policy: DiffPolicy;
  readonly approved: Approved;
  /** Where in a text one of the engine's own secrets begins, in plain or in a usual encoding; null = nowhere. */
  readonly findSecret: (text: string) => number | null;
}

/** Nothing is approved beyond what policy allows anyway. */
export const nothingMore: Approved = { scope: [], paths: [] };

/** Compiling some hundred patterns takes longer than judging a diff; lists of a policy live as long as it does. */
const compiled = { exact: new WeakMap<readonly string[], Ignore>(), folded: new WeakMap<readonly string[], Ignore>() };

/** A matcher for one list of patterns; the letter case of paths counts only where `exact`. */
export function matcher(patterns: readonly string[], exact = false): (path: string) => boolean {
  const known = exact ? compiled.exact : compiled.folded;
  const list = known.get(patterns) ?? ignore({ ignorecase: !exact, allowRelativePaths: true }).add([...patterns]);
  known.set(patterns, list);
  return (path) => list.ignores(exact ? path : fold(path));
}

/** Compatibility-composed and lower case: full-width and other look-alike spellings of a protected name are that name. */
export function fold(path: string): string {
  return path.normalize('NFKC').toLowerCase();
}
