import type { BaseText } from '../plan/base-text.ts';
import { trimEnd } from '../byte-text.ts';
import type { Body, HunkLine } from '../edit.ts';
import type { Placed } from './reindent.ts';

/**
 * Does the new content end with a newline? As in the base, unless the hunk that writes the last line clearly says
 * otherwise; null = it says something that can't be made out. `from` = the last line's index in the base, or `added` = the last line and the hunk that adds it.
 */
export function finalNewline(
  base: BaseText,
  from: number | null,
  added: { readonly line: HunkLine; readonly owner: Placed } | null,
): boolean | null {
  if (added === null) return from === null || !(base.open && from === base.lines.length - 1);
  const { line, owner } = added;
  const claimed = owner.body.some((each) => each.op !== 'add' && each.open);
  // A mark on an old line of a file that does end with a newline: the marks are misremembered.
  if (claimed && !base.open) return true;
  if (line.open) return false;
  if (claimed) return true;
  const same = replacesItself(owner.body);
  // The last line is replaced by itself: only its newline can be meant. That it shall go, nobody says so.
  if (same) return base.open ? true : null;
  return !base.open;
}

/** The last change of the hunk. */
function replacesItself(whole: Body): boolean {
  const body = whole.slice(whole.findLastIndex(({ op }) => op === 'keep') + 1);
  const text = (op: HunkLine['op']): string =>
    body.flatMap((line) => (line.op === op ? [trimEnd(line.text)] : [])).join('\n');
  return body.some((line) => line.op === 'remove') && text('remove') === text('add');
}
