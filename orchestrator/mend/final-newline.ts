import type { BaseText } from './base-text.ts';
import { trimEnd } from './byte-text.ts';
import type { HunkLine } from './edit.ts';
import type { Placed } from './reindent.ts';

/**
 * Does the new content end with a newline? As in the base, unless the hunk that writes the last line clearly says
 * otherwise. `from` = the last line's index in the base, or `added` = the last line and the hunk that adds it.
 */
export function finalNewline(
  base: BaseText,
  from: number | null,
  added: { readonly line: HunkLine; readonly owner: Placed } | null,
): boolean {
  if (added === null) return from === null || !(base.open && from === base.lines.length - 1);
  const { line, owner } = added;
  const claimed = owner.body.some((each) => each.op !== 'add' && each.open);
  // A mark on an old line of a file that does end with a newline: the marks are misremembered.
  if (claimed && !base.open) return true;
  if (line.open) return false;
  if (claimed || !base.open) return true;
  // The last line is replaced by itself: only its newline can be meant.
  const removed = owner.body.filter((each) => each.op === 'remove');
  const added_ = owner.body.filter((each) => each.op === 'add');
  return removed.length > 0 && removed.map(textOf).join('\n') === added_.map(textOf).join('\n');
}

function textOf(line: HunkLine): string {
  return trimEnd(line.text);
}
