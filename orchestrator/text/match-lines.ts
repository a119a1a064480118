/** Which lines of two texts are the same ones. */
import type { Meter } from './meter.ts';

/** Stretches without a line that is unique on both sides are compared in full up to this many pairs. */
const mostPairs = 250_000;

interface Stretch {
  readonly oldFrom: number;
  readonly oldTo: number;
  readonly newFrom: number;
  readonly newTo: number;
}

/** For each new line the index of the old line that it is, or null; indices rise. Keys say which lines are equal. */
export function matchLines(olds: readonly string[], news: readonly string[], meter: Meter): readonly (number | null)[] {
  const matches: (number | null)[] = news.map(() => null);
  const stretches: Stretch[] = [{ oldFrom: 0, oldTo: olds.length, newFrom: 0, newTo: news.length }];
  for (let stretch = stretches.pop(); stretch !== undefined; stretch = stretches.pop()) {
    const rest = trimEnds(olds, news, stretch, matches);
    const size = (rest.oldTo - rest.oldFrom) * (rest.newTo - rest.newFrom);
    if (size === 0 || !meter.spend(rest.oldTo - rest.oldFrom + rest.newTo - rest.newFrom)) continue;
    const anchors = uniqueAnchors(olds, news, rest);
    for (const part of anchors.length > 0 ? between(rest, anchors) : []) stretches.push(part);
    if (anchors.length > 0) continue;
    if (size > mostPairs) sameLines(olds, news, rest, matches);
    else if (meter.spend(size)) longestCommon(olds, news, rest, matches);
  }
  return matches;
}

function trimEnds(
  olds: readonly string[],
  news: readonly string[],
  stretch: Stretch,
  matches: (number | null)[],
): Stretch {
  let { oldFrom, oldTo, newFrom, newTo } = stretch;
  while (oldFrom < oldTo && newFrom < newTo && olds[oldFrom] === news[newFrom]) matches[newFrom++] = oldFrom++;
  while (oldFrom < oldTo && newFrom < newTo && olds[oldTo - 1] === news[newTo - 1]) matches[--newTo] = --oldTo;
  return { oldFrom, oldTo, newFrom, newTo };
}

type Anchor = readonly [oldAt: number, newAt: number];

/** Lines that stand once on each side, as the longest run of them that rises on both (patience). */
function uniqueAnchors(olds: readonly string[], news: readonly string[], stretch: Stretch): readonly Anchor[] {
  const oldAt = uniquePlaces(olds, stretch.oldFrom, stretch.oldTo);
  const pairs: Anchor[] = [];
  for (const [line, at] of uniquePlaces(news, stretch.newFrom, stretch.newTo)) {
    const old = oldAt.get(line);
    if (old !== undefined) pairs.push([old, at]);
  }
  return longestRising(pairs.toSorted((a, b) => a[1] - b[1]));
}

function uniquePlaces(lines: readonly string[], from: number, to: number): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  const twice = new Set<string>();
  for (let at = from; at < to; at += 1) {
    const line = lines[at] ?? '';
    if (places.has(line)) twice.add(line);
    places.set(line, at);
  }
  for (const line of twice) places.delete(line);
  return places;
}

function longestRising(pairs: readonly Anchor[]): readonly Anchor[] {
  const tails: number[] = [];
  const before: number[] = [];
  for (const [index, [value]] of pairs.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tails[middle] ?? 0]?.[0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  }
  const run: Anchor[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = before[at] ?? -1) {
    const pair = pairs[at];
    if (pair !== undefined) run.push(pair);
  }
  return run.toReversed();
}

/** The stretches that anchors leave; each anchor starts one, so that trimming matches it. */
function between(stretch: Stretch, anchors: readonly Anchor[]): readonly Stretch[] {
  const starts: readonly Anchor[] = [[stretch.oldFrom, stretch.newFrom], ...anchors];
  return starts.map(([oldFrom, newFrom], index) => {
    const [oldTo, newTo] = starts[index + 1] ?? [stretch.oldTo, stretch.newTo];
    return { oldFrom, oldTo, newFrom, newTo };
  });
}

/** Too long to compare each with each: where both are equally long, each line with the one at its place. */
function sameLines(
  olds: readonly string[],
  news: readonly string[],
  { oldFrom, oldTo, newFrom, newTo }: Stretch,
  matches: (number | null)[],
): void {
  if (oldTo - oldFrom !== newTo - newFrom) return;
  for (let at = 0; at < newTo - newFrom; at += 1) {
    if (olds[oldFrom + at] === news[newFrom + at]) matches[newFrom + at] = oldFrom + at;
  }
}

function longestCommon(
  olds: readonly string[],
  news: readonly string[],
  { oldFrom, oldTo, newFrom, newTo }: Stretch,
  matches: (number | null)[],
): void {
  const [height, width] = [oldTo - oldFrom + 1, newTo - newFrom + 1];
  const best = new Uint32Array(height * width);
  for (let old = height - 2; old >= 0; old -= 1) {
    for (let at = width - 2; at >= 0; at -= 1) {
      const same = olds[oldFrom + old] === news[newFrom + at];
      const [down, right] = [best[(old + 1) * width + at] ?? 0, best[old * width + at + 1] ?? 0];
      best[old * width + at] = same ? (best[(old + 1) * width + at + 1] ?? 0) + 1 : Math.max(down, right);
    }
  }
  for (let old = 0, at = 0; old < height - 1 && at < width - 1; ) {
    if (olds[oldFrom + old] === news[newFrom + at]) matches[newFrom + at++] = oldFrom + old++;
    else if ((best[(old + 1) * width + at] ?? 0) >= (best[old * width + at + 1] ?? 0)) old += 1;
    else at += 1;
  }
}
