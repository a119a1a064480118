import type { BaseText } from '../plan/base-text.ts';
import { isBlank, trimEnd, withoutReturn } from '../byte-text.ts';
import { type Body, oldLines } from '../edit.ts';
import type { Placed } from './reindent.ts';

/**
 * The line takes the place of a much alike one (or it alone of one alone), of whose white space at the end the answer shows nothing: nobody knows
 * whether it was to go.
 */
export function lostEnd(line: string, { body, place }: Placed, base: BaseText): boolean {
  return oldLines(body).some(({ op, text }, at) => {
    const there = withoutReturn(base.shown[place.start + at] ?? '');
    const lost = op === 'remove' && trimEnd(there) !== there && trimEnd(text) === withoutReturn(text);
    const alike = isAlike(trimEnd(text), trimEnd(line)) || isPaired(body, text, line);
    return lost && trimEnd(text) !== trimEnd(line) && !isBlank(text) && alike;
  });
}

function isPaired(body: Body, removed: string, added: string): boolean {
  return body.some((line, at) => {
    const pair =
      line.op === 'remove' && line.text === removed && body[at + 1]?.op === 'add' && body[at + 1]?.text === added;
    return pair && body[at - 1]?.op !== 'remove' && body[at + 2]?.op !== 'add';
  });
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
