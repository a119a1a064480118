/** How alike two lines are. */
import type { Meter } from '../text/meter.ts';

/** Longer differences count as different throughout: the cost is the product of the lengths. */
const longest = 400;

/** 1 = equal, 0 = nothing in common: one less the edit distance by the longer length. */
export function similarity(a: string, b: string, meter: Meter): number {
  const length = Math.max(a.length, b.length);
  if (a === b) return 1;
  let head = 0;
  while (head < a.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  if (!meter.spend(head + tail)) return 0;
  return 1 - distance(a.slice(head, a.length - tail), b.slice(head, b.length - tail), meter) / length;
}

function distance(a: string, b: string, meter: Meter): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short === '' || long.length > longest || !meter.spend(short.length * long.length)) return long.length;
  let row = Array.from({ length: short.length + 1 }, (_, at) => at);
  for (let at = 1; at <= long.length; at += 1) {
    const next = [at];
    for (let by = 1; by <= short.length; by += 1) {
      const change = (row[by - 1] ?? 0) + (long[at - 1] === short[by - 1] ? 0 : 1);
      next.push(Math.min(change, (row[by] ?? 0) + 1, (next[by - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[short.length] ?? 0;
}
