/** How alike two lines are. */
import type { Meter } from './meter.ts';

/** Longer lines are not compared: the cost is the product of the lengths. */
const longest = 400;

/** 1 = equal, 0 = nothing in common: one less the edit distance by the longer length. */
export function similarity(a: string, b: string, meter: Meter): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short === long) return 1;
  if (short === '' || long.length > longest || !meter.spend(short.length * long.length)) return 0;
  let row = Array.from({ length: short.length + 1 }, (_, at) => at);
  for (let at = 1; at <= long.length; at += 1) {
    const next = [at];
    for (let by = 1; by <= short.length; by += 1) {
      const change = (row[by - 1] ?? 0) + (long[at - 1] === short[by - 1] ? 0 : 1);
      next.push(Math.min(change, (row[by] ?? 0) + 1, (next[by - 1] ?? 0) + 1));
    }
    row = next;
  }
  return 1 - (row[short.length] ?? 0) / long.length;
}
