/** "..." in place of context: what stands before and after it are hunks of their own, in this order. */
import { trim } from '../byte-text.ts';
import type { Body, Hunk } from '../edit.ts';

const dots = /^(?:(?:#|\/\/|--|;|%|\/\*|<!--) {0,4})?(?:\.{3}|\xe2\x80\xa6)/;
const mostParts = 20;

/** One part where there is nothing to cut. `known` = the base has this line, so that it is no sign. */
export function splitHunk(hunk: Hunk, known: (line: string) => boolean): readonly Hunk[] {
  const isGap = (text: string): boolean => text.length < 200 && dots.test(trim(text)) && !known(text);
  const all = hunk.bodies.map((body) => partsOf(body, isGap));
  const count = all[0]?.length ?? 0;
  if (count < 2 || count > mostParts) return [hunk];
  return Array.from({ length: count }, (_, at) => {
    const bodies = all.flatMap((parts) => (parts.length === count ? [parts[at] ?? []] : []));
    const first = at === 0 ? hunk : { heading: '', stated: null };
    return {
      bodies,
      counted: null,
      stated: first.stated,
      heading: first.heading,
      unmarked: hunk.unmarked,
      listed: hunk.listed === null ? null : (bodies.at(-1) ?? null),
      divided: false,
    };
  });
}

function partsOf(body: Body, isGap: (text: string) => boolean): readonly Body[] {
  const parts: Body[number][][] = [[]];
  for (const [at, line] of body.entries()) {
    // Between two changed lines dots may stand for changed ones too.
    const beside = [body[at - 1], body[at + 1]].some((each) => each === undefined || each.op === 'keep');
    if (line.op === 'keep' && beside && isGap(line.text)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.filter((part) => part.length > 0);
}
