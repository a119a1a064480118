/**
 * What a tree does not show any more: modes that git has quietly changed, and where a copy came from. Read from lines that
 * strict git has just read in the same way, and only ever to refuse more.
 */
import { refuse, type Refused } from '../outcome.ts';
import { nameOf } from '../text/quoted-name.ts';
import { pathJudge } from './paths.ts';
import type { Rules } from './rules.ts';

/** git reads a name or number to the end of the line, or to a control character that this pattern would not see as its end. */
const header =
  /^(copy from|copy to|rename from|rename to|rename old|rename new|new file mode|new mode|old mode|deleted file mode) ([^\n]*)$/;
/** More than a change by hand ever has; each costs git the memory of a whole file. */
const mostCopies = 10;

/** Before git applies anything: what would cost it too much. */
export function inspectCopies(text: string): Refused | null {
  const copies = text.match(/^copy from /gm)?.length ?? 0;
  if (copies <= mostCopies) return null;
  return refuse(
    'diff_too_large',
    `The diff copies ${copies} files; at most ${mostCopies} are allowed. Write new files in full.`,
  );
}

/** For a diff that applies. */
export function inspectHeaders(diff: Uint8Array, rules: Rules): Refused | null {
  const judge = pathJudge(rules);
  for (const [index, line] of new TextDecoder().decode(diff).split('\n').entries()) {
    const [, kind, value = ''] = header.exec(line) ?? [];
    if (kind === undefined) continue;
    const refused = inspectHeader({ kind, value, number: index + 1 }, judge, rules);
    if (refused !== null) return refused;
  }
  return null;
}

interface Header {
  readonly kind: string;
  readonly value: string;
  readonly number: number;
}

function inspectHeader(header: Header, judge: ReturnType<typeof pathJudge>, rules: Rules): Refused | null {
  const { kind, value, number } = header;
  // What git takes for the end of a name (a carriage return, a tab) would not be its end here.
  if (/\p{Cc}/u.test(value))
    return refuse('diff_invalid', `Line ${number} of the diff has a control character in a header.`);
  if (kind.endsWith('mode')) return inspectHeaderMode(header, rules);
  if (kind !== 'copy from') return null;
  // A copy would publish the content of a file that no change may touch, under a harmless name.
  const name = nameOf(value);
  if (name === null) return refuse('diff_path_invalid', 'The diff copies a file whose name is quoted wrongly.');
  const judgement = judge(name);
  return typeof judgement === 'string' ? null : judgement;
}

/** git turns 104755 into 100755, 010644 into 100644 and drops 040000, all without a word. */
function inspectHeaderMode({ kind, value, number }: Header, { policy, approved }: Rules): Refused | null {
  // Whether an executable is one that was there, or that the approval lists, is seen in the tree.
  const perhaps = value === '100755' && (!kind.startsWith('new') || approved.paths.length > 0);
  if (perhaps || value === '100644' || policy.modes.some((allowed) => allowed === value)) return null;
  const reason = `Line ${number} of the diff asks for file mode ${value}; allowed: ${policy.modes.join(', ')} ("modes" in policies/diff.json).`;
  return refuse('diff_mode_forbidden', reason);
}
