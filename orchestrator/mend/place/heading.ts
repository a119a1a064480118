/** The text after `@@ … @@`: git writes the line there that starts the function around the hunk, models write any locator. */
import type { BaseText } from '../plan/base-text.ts';
import { indentOf, looseKey } from '../byte-text.ts';
import type { Meter } from '../../text/meter.ts';

/** The lines that a heading may mean; none = it says nothing. git cuts headings off, so the start counts. */
export function headingLines(heading: string, base: BaseText, meter: Meter): ReadonlySet<number> {
  const key = looseKey(heading);
  if (key.length < 3 || !meter.spend(base.lines.length)) return new Set();
  return new Set(base.lines.flatMap((line, at) => (line.includes(key.slice(0, 3)) && isStart(line, key) ? [at] : [])));
}

function isStart(line: string, key: string): boolean {
  return looseKey(line.slice(0, 2_000)).startsWith(key);
}

/** Is one of these lines the last one before `start` that opens something at its own level? */
export function isUnder(lines: ReadonlySet<number>, start: number, base: BaseText, meter: Meter): boolean {
  let deepest = Number.POSITIVE_INFINITY;
  for (let at = start - 1; at >= 0 && meter.spend(1); at -= 1) {
    const line = base.lines[at] ?? '';
    const depth = indentOf(line).length;
    if (lines.has(at)) return depth < deepest;
    if (/^[A-Za-z_$]/.test(line.slice(depth, depth + 1))) deepest = Math.min(deepest, depth);
  }
  return false;
}
