/** Where a run of lines stands in a file. */
import type { LineIndex } from '../plan/base-text.ts';
import type { Meter } from '../../text/meter.ts';

/** With fewer places than this of its rarest line, a block is compared at each of them. */
const few = 64;

/**
 * All starts of `pattern` (line ids; undefined = the file has no such line), at most `limit` + 1 of them.
 * By its rarest line where that is rare, else by Knuth–Morris–Pratt: a file of equal lines must not cost n × m.
 */
export function findBlock(
  pattern: readonly (number | undefined)[],
  index: LineIndex,
  limit: number,
  meter: Meter,
): readonly number[] {
  const ids = pattern.filter((id) => id !== undefined);
  if (ids.length !== pattern.length || ids.length === 0 || ids.length > index.ids.length) return [];
  const rarest = ids.reduce(
    (best, id, at) => (index.placesOf(id).length < index.placesOf(ids[best] ?? id).length ? at : best),
    0,
  );
  const places = index.placesOf(ids[rarest] ?? -1);
  if (places.length > few) return searchAll(ids, index.ids, limit, meter);
  const starts: number[] = [];
  for (const place of places) {
    if (matchesAt(ids, index.ids, place - rarest, meter)) starts.push(place - rarest);
    if (starts.length > limit) break;
  }
  return starts;
}

function matchesAt(pattern: readonly number[], ids: readonly number[], start: number, meter: Meter): boolean {
  if (start < 0 || start + pattern.length > ids.length) return false;
  let at = 0;
  while (at < pattern.length && ids[start + at] === pattern[at]) at += 1;
  return meter.spend(at + 1) && at === pattern.length;
}

function searchAll(pattern: readonly number[], ids: readonly number[], limit: number, meter: Meter): readonly number[] {
  if (!meter.spend(pattern.length + ids.length)) return [];
  const fallback = failureTable(pattern);
  const starts: number[] = [];
  let matched = 0;
  for (let at = 0; at < ids.length && starts.length <= limit; at += 1) {
    while (matched > 0 && ids[at] !== pattern[matched]) matched = fallback[matched - 1] ?? 0;
    if (ids[at] === pattern[matched]) matched += 1;
    if (matched === pattern.length) {
      starts.push(at - matched + 1);
      matched = fallback[matched - 1] ?? 0;
    }
  }
  return starts;
}

function failureTable(pattern: readonly number[]): readonly number[] {
  const table = [0];
  let length = 0;
  for (let at = 1; at < pattern.length; at += 1) {
    while (length > 0 && pattern[at] !== pattern[length]) length = table[length - 1] ?? 0;
    if (pattern[at] === pattern[length]) length += 1;
    table.push(length);
  }
  return table;
}
