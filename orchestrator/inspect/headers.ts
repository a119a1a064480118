/**
 * What a tree does not show any more: modes that git has quietly changed, and where a copy came from. Read from lines that
 * strict git has just read in the same way, and only ever to refuse more.
 */
import { refuse, type Refused } from '../outcome.ts';
import { pathJudge } from './paths.ts';
import { nameOf } from '../text/quoted-name.ts';
import type { Rules } from './rules.ts';

const newMode = /^new (?:file )?mode (\d+)$/;
/** What is there already: git knows only these two of a file. */
const oldMode = /^(?:old|deleted file) mode (\d+)$/;

const copySource = /^copy from (.*)$/;

/** For a diff that applies. */
export function inspectHeaders(diff: Uint8Array, rules: Rules): Refused | null {
  const judge = pathJudge(rules);
  for (const [index, line] of new TextDecoder().decode(diff).split('\n').entries()) {
    const source = copySource.exec(line)?.[1];
    const refused = source === undefined ? inspectHeaderMode(line, index + 1, rules) : inspectSource(source, judge);
    if (refused !== null) return refused;
  }
  return null;
}

/** A copy would publish the content of a file that no change may touch, under a harmless name. */
function inspectSource(source: string, judge: ReturnType<typeof pathJudge>): Refused | null {
  const name = nameOf(source);
  if (name === null) return refuse('diff_path_invalid', 'The diff copies a file whose name is quoted wrongly.');
  const judgement = judge(name);
  return typeof judgement === 'string' ? null : judgement;
}

/** git turns 104755 into 100755, 010644 into 100644 and drops 040000, all without a word. */
function inspectHeaderMode(line: string, number: number, { policy, approved }: Rules): Refused | null {
  const old = oldMode.exec(line)?.[1];
  const mode = newMode.exec(line)?.[1] ?? old;
  if (mode === undefined) return null;
  // Whether an executable is one that was there, or that the approval lists, is seen in the tree.
  const perhaps = mode === '100755' && (old !== undefined || approved.paths.length > 0);
  if (perhaps || mode === '100644' || policy.modes.some((allowed) => allowed === mode)) return null;
  const reason = `Line ${number} of the diff asks for file mode ${mode}; allowed: ${policy.modes.join(', ')} ("modes" in policies/diff.json).`;
  return refuse('diff_mode_forbidden', reason);
}
