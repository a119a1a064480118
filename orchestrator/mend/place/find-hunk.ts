/** Everything that content alone says about where a hunk stands. */
import { findApproximate } from './approximate.ts';
import type { BaseText } from '../plan/base-text.ts';
import { looseKey } from '../byte-text.ts';
import { type Body, type Hunk, oldLines, sameChanges } from '../edit.ts';
import type { Meter } from '../meter.ts';
import { findPlaces, fitAt, type Place } from './place.ts';

export interface Finding {
  readonly hunk: Hunk;
  /** The reading that was found, or the likeliest one. */
  readonly body: Body;
  readonly places: readonly Place[];
  /** There are too many places to list. */
  readonly cut: boolean;
  /** Another reading changes something else and stands too. */
  readonly torn: boolean;
}

/** The first reading that stands somewhere; an approximate one only if no reading stands anywhere as it is. */
export function findHunk(hunk: Hunk, base: BaseText, meter: Meter): Finding {
  const found = { hunk, cut: false, torn: false };
  let shifted: Finding | null = null;
  for (const body of hunk.bodies) {
    if (base.lines.length === 0 && oldLines(body).length === 0) {
      return { ...found, body, places: [{ start: 0, fit: 'exact', odd: null }] };
    }
    const { places, cut } = findPlaces(body, base, meter);
    if (places.length === 0 && !cut) continue;
    const finding: Finding = { hunk, body, places, cut, torn: isTorn(hunk, body, base, meter) };
    // Another reading of the same change may fit without a shift: context whose marks are missing looks shifted by one.
    if (!places.every(({ fit }) => fit === 'shifted') || cut) {
      return shifted === null || sameChanges(shifted.body, body) ? finding : shifted;
    }
    shifted ??= finding;
  }
  return shifted ?? findNearly(hunk, base, meter);
}

function findNearly(hunk: Hunk, base: BaseText, meter: Meter): Finding {
  const found = { hunk, cut: false, torn: false };
  const near = hunk.bodies.flatMap((body) => {
    const places = findApproximate(body, base, statedStart({ hunk, body }), meter);
    return places.length === 0 ? [] : [{ ...found, body, places }];
  });
  const [first] = near;
  const level = near.find(({ places }) => places.some(({ fit }) => fit !== 'shifted'));
  if (first !== undefined) return level !== undefined && sameChanges(level.body, first.body) ? level : first;
  const body = hunk.bodies.find((each) => oldLines(each).length === 0) ?? hunk.bodies[0] ?? [];
  return { ...found, body, places: [] };
}

/** The stated counts hold for a shorter reading, which stands as well: are the lines after it a part of the change? */
function isTorn({ counted }: Hunk, body: Body, base: BaseText, meter: Meter): boolean {
  if (counted === null || counted.length >= body.length || sameChanges(counted, body)) return false;
  const { places, cut } = findPlaces(counted, base, meter);
  return places.length > 0 || cut;
}

/** The body at one given line, if its old lines stand there. A body without old lines stands anywhere in the file. */
export function placeAt(body: Body, base: BaseText, start: number): Place | null {
  const old = oldLines(body);
  if (start < 0 || start + old.length > base.lines.length) return null;
  const stands = old.every(({ text }, at) => base.loose.idOf(text) === base.loose.ids[start + at]);
  const fit = stands ? fitAt(old, base, { start, odd: null }) : null;
  return fit === null ? null : { start, fit, odd: null };
}

/** Where the numbers say that the hunk starts; without old lines they name the line before it. */
export function statedStart({ hunk, body }: Pick<Finding, 'hunk' | 'body'>): number | null {
  if (hunk.stated === null) return null;
  return oldLines(body).length === 0 ? hunk.stated.oldStart : hunk.stated.oldStart - 1;
}

/**
 * Almost the hunk, at the stated line: all that is removed is there and most of the context. Then content found
 * elsewhere contradicts the numbers, and one of two similar places would be a guess.
 */
export function nearlyStands(body: Body, base: BaseText, start: number): boolean {
  const old = oldLines(body);
  if (start < 0 || start + old.length > base.lines.length) return false;
  const equal = old.map(({ text }, at) => base.loose.idOf(text) === base.loose.ids[start + at]);
  const odd = old.filter((_, at) => equal[at] !== true);
  const tells = old.some((line, at) => equal[at] === true && looseKey(line.text).length > 3);
  return odd.every((line) => line.op === 'keep') && odd.length <= 2 && odd.length * 2 < old.length && tells;
}
