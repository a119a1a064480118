/** A SEARCH/REPLACE block as a hunk: equal lines are context, the rest is removed and added. */
import { isBlank } from '../byte-text.ts';
import { bodyOfMatches } from './body-of-matches.ts';
import type { ReplacePiece } from './cut-pieces.ts';
import type { Body, Hunk } from '../edit.ts';
import { matchLines } from '../../text/match-lines.ts';
import type { Meter } from '../../text/meter.ts';

/** Where the text itself holds "=======" lines the longest SEARCH part that the base knows is meant, so it comes first. */
export function readReplace({ lines, dividers }: ReplacePiece, meter: Meter): Hunk {
  const bodies = dividers
    .slice(-8)
    .toReversed()
    .flatMap((divider) => {
      const [search, replace] = [lines.slice(0, divider), lines.slice(divider + 1)];
      const tight = withoutSharedBlanks(search, replace);
      const full = bodyOf(search, replace, meter);
      return tight === null ? [full] : [full, bodyOf(tight.search, tight.replace, meter)];
    });
  return {
    bodies,
    counted: null,
    stated: null,
    heading: '',
    unmarked: false,
    listed: null,
    divided: dividers.length > 1,
  };
}

function bodyOf(search: readonly string[], replace: readonly string[], meter: Meter): Body {
  return bodyOfMatches(search, replace, matchLines(search, replace, meter));
}

/** Blank lines at the start or end of both parts are mostly there for looks. */
function withoutSharedBlanks(search: readonly string[], replace: readonly string[]) {
  let head = 0;
  while (head < search.length && head < replace.length && blankAt(search, head) && blankAt(replace, head)) head += 1;
  let tail = 0;
  const most = Math.min(search.length, replace.length) - head;
  while (tail < most && blankAt(search, search.length - 1 - tail) && blankAt(replace, replace.length - 1 - tail))
    tail += 1;
  if (head + tail === 0 || head + tail >= search.length) return null;
  return { search: search.slice(head, search.length - tail), replace: replace.slice(head, replace.length - tail) };
}

function blankAt(lines: readonly string[], at: number): boolean {
  return isBlank(lines[at] ?? '');
}
