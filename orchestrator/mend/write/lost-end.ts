/** White space at line ends that the answer does not show: nobody knows whether it was to go from the lines that replace such ones. */
import type { BaseText } from '../plan/base-text.ts';
import { isBlank, trimEnd, withoutReturn } from '../byte-text.ts';
import { type Body, oldLines } from '../edit.ts';
import type { Placed } from './reindent.ts';

/** With more of them in one hunk every added line is in doubt; each is compared with each. */
const most = 50;

/** A removed line whose white space at its end is in the base alone. */
interface LostEnd {
  readonly text: string;
  /** The line that alone takes the place of this one alone. */
  readonly successor: string | null;
  /** That line is this one again, and ends the file where this one does not, or the reverse. */
  readonly reopened: boolean;
}

/** Tells for each added line of a hunk whether it may have had the end of a line that it replaces. */
export function lostEndsOf({ body, place }: Placed, base: BaseText): (line: string) => boolean {
  const lost = new Set(
    oldLines(body).filter(({ op, text }, at) => {
      const there = withoutReturn(base.shown[place.start + at] ?? '');
      return op === 'remove' && !isBlank(text) && trimEnd(there) !== there && trimEnd(text) === withoutReturn(text);
    }),
  );
  const ends = body.flatMap((line, at) => (lost.has(line) ? [lostEnd(body, at)] : []));
  if (ends.length > most) return () => true;
  return (line) => ends.some((end) => isDoubtful(trimEnd(line), line, end));
}

function lostEnd(body: Body, at: number): LostEnd {
  const [line, next] = [body[at], body[at + 1]];
  const alone = next?.op === 'add' && body[at - 1]?.op !== 'remove' && body[at + 2]?.op !== 'add';
  const text = trimEnd(line?.text ?? '');
  const reopened = alone && trimEnd(next.text) === text && next.open !== line?.open;
  return { text, successor: alone ? next.text : null, reopened };
}

/** The same line without the white space was cleaned, unless its newline explains why it is there. */
function isDoubtful(trimmed: string, line: string, { text, successor, reopened }: LostEnd): boolean {
  if (trimmed === text) return reopened;
  return line === successor || isAlike(text, trimmed);
}

/** More than half of the longer one is the same at the start and the end. */
function isAlike(a: string, b: string): boolean {
  const [short, long] = [Math.min(a.length, b.length), Math.max(a.length, b.length)];
  let head = 0;
  while (head < short && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < short - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  return (head + tail) * 2 > long;
}
