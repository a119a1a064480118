import type { BaseText } from './plan/base-text.ts';
import { looseKey } from './byte-text.ts';
import type { HunkLine } from './edit.ts';
import type { Meter } from '../text/meter.ts';
import { similarity } from './similarity.ts';

const mostShown = 12;
/** Lines that are everywhere say nothing about a place. */
const rare = 16;
/** Base lines that are compared letter by letter, nearest to the stated line first. */
const mostCompared = 2_000;

/** The lines of the file (indices) that a hunk most likely means: where most of its lines are, else where one is much like it. */
export function nearestLines(
  base: BaseText,
  old: readonly HunkLine[],
  stated: number | null,
  meter: Meter,
): readonly number[] {
  const start = byVotes(base, old) ?? byLikeness(base, old, stated, meter);
  if (start === null) return [];
  const from = Math.max(0, Math.min(start, base.lines.length - 1));
  const to = Math.min(base.lines.length, from + Math.min(old.length, mostShown));
  return Array.from({ length: to - from }, (_, at) => from + at);
}

/** Each known line votes for the start that it implies. */
function byVotes(base: BaseText, old: readonly HunkLine[]): number | null {
  const votes = new Map<number, number>();
  for (const [at, { text }] of old.entries()) {
    const id = base.loose.idOf(text);
    const places = id === undefined || looseKey(text).length < 3 ? [] : base.loose.placesOf(id);
    if (places.length <= rare) for (const place of places) votes.set(place - at, (votes.get(place - at) ?? 0) + 1);
  }
  let best: readonly [start: number, count: number] | null = null;
  for (const [start, count] of votes) if (best === null || count > best[1]) best = [start, count];
  return best?.[0] ?? null;
}

function byLikeness(base: BaseText, old: readonly HunkLine[], stated: number | null, meter: Meter): number | null {
  const at = Math.max(
    0,
    old.findIndex((line) => line.op === 'remove' && looseKey(line.text).length > 3),
  );
  const wanted = looseKey(old[at]?.text ?? '');
  const from = Math.max(0, Math.min((stated ?? 0) - mostCompared / 2, base.lines.length - mostCompared));
  let best: readonly [start: number, alike: number] | null = null;
  for (const [index, line] of base.lines.slice(from, from + mostCompared).entries()) {
    const alike = similarity(wanted, looseKey(line.slice(0, 400)), meter);
    if (alike > (best?.[1] ?? 0.5)) best = [from + index - at, alike];
  }
  return best?.[0] ?? null;
}
