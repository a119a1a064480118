/** Everything that content alone says about where a hunk stands. */
import { findApproximate, isTelling } from './approximate.ts';
import type { BaseText } from '../plan/base-text.ts';
import { isBlank, looseKey } from '../byte-text.ts';
import { type Body, type Hunk, oldLines, sameChanges } from '../edit.ts';
import type { Meter } from '../../text/meter.ts';
import { findPlaces, fitAt, type Place, shiftAt } from './place.ts';

/**
 * end: which of its lines belong to it. divider: which "=======" ends SEARCH. marks: whether
 * its context has marks, or is indented by one more. listing: whether its added lines start with numbers of a listing. space: whether a block that changes nothing was to clean white space.
 */
export type Torn = 'end' | 'divider' | 'marks' | 'listing' | 'space';

export interface Finding {
  readonly hunk: Hunk;
  /** The reading that was found, or the likeliest one. */
  readonly body: Body;
  readonly places: readonly Place[];
  /** There are too many places to list. */
  readonly cut: boolean;
  /** Another reading makes something else of it and stands too. */
  readonly torn: Torn | null;
}

/** The first reading that stands somewhere; an approximate one only if no reading stands anywhere as it is. */
export function findHunk(hunk: Hunk, base: BaseText, meter: Meter): Finding {
  const found = { hunk, cut: false, torn: null };
  let shifted: Finding | null = null;
  let misplaced: Finding | null = null;
  for (const body of hunk.bodies) {
    if (base.lines.length === 0 && oldLines(body).length === 0) {
      return { ...found, body, places: [{ start: 0, fit: 'exact', odd: null }] };
    }
    const { places: all, cut } = findPlaces(body, base, meter);
    const places = all.filter(({ start }) => endsRight(body, base, start));
    if (all.length > 0 && places.length === 0) misplaced ??= { ...found, body, places: all };
    if (places.length === 0 && !cut) continue;
    const finding: Finding = { hunk, body, places, cut, torn: tornAt(hunk, body, base, meter) };
    // Another reading of the same change may fit without a shift: context whose marks are missing looks shifted by one.
    if (!places.every(({ fit }) => fit === 'shifted') || cut) {
      return shifted === null || sameChanges(shifted.body, body) ? finding : shifted;
    }
    if (shifted !== null && isUnmarked(shifted, finding, base)) return { ...shifted, torn: 'marks' };
    shifted ??= finding;
  }
  return shifted ?? misplaced ?? findNearly(hunk, base, meter);
}

function findNearly(hunk: Hunk, base: BaseText, meter: Meter): Finding {
  const found = { hunk, cut: false, torn: null };
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

function tornAt(hunk: Hunk, body: Body, base: BaseText, meter: Meter): Torn | null {
  const { counted, bodies, divided } = hunk;
  const stands = (other: Body): boolean => {
    const { places, cut } = findPlaces(other, base, meter);
    return (places.length > 0 || cut) && !sameChanges(other, body);
  };
  // The stated counts hold for a shorter reading: are the lines after it a part of the change?
  if (counted !== null && counted.length < body.length && stands(counted)) return 'end';
  // Context without marks may start with what looks like one.
  const pretends = body.some(({ op, text }) => op !== 'keep' && base.exact.idOf(markOf(op) + text) !== undefined);
  if (hunk.unmarked && pretends) return 'end';
  // A blank line alone is no place, where it may be an added one that lost its mark.
  const blank = oldLines(body).every(({ text }) => isBlank(text));
  if (blank && bodies.some((other) => oldLines(other).length === 0)) return 'end';
  // The number is right for another reading, and wrong for this one.
  const others = standsAsStated(hunk, body, base) ? [] : bodies.filter((other) => standsAsStated(hunk, other, base));
  if (others.length > 0) return 'end';
  // So are the counts.
  const fitting = holdsCounts(hunk, body) ? [] : bodies.filter((other) => holdsCounts(hunk, other));
  if (fitting.some(stands)) return 'end';
  // Without right counts blank lines between added ones may be added as well as context.
  const filled = bodies.filter(
    (other) => other.length === body.length && oldLines(other).length < oldLines(body).length,
  );
  if (!holdsCounts(hunk, body) && filled.some(stands)) return 'end';
  if (!divided) return null;
  // A longer SEARCH part that stands is no accident, unless all that it has more says nothing. Then it must at least be
  // clearly the smaller change: the wrong divider takes lines from one side and puts them on the other.
  const own = oldLines(body).map(({ text }) => text);
  const rivals = bodies.filter((other) => {
    const more = own.slice(oldLines(other).length);
    const weak = more.length > 0 && !more.some((line) => isTelling(line));
    return other !== body && weak && changeCount(body) * 2 > changeCount(other);
  });
  // Nor is a longer one that stands but for a misremembered line.
  const longer = bodies.slice(0, bodies.indexOf(body));
  const near = longer.some((other) => findApproximate(other, base, null, meter).length > 0);
  return near || rivals.some(stands) ? 'divider' : null;
}

/** The header counts just these lines. */
function holdsCounts({ stated }: Hunk, body: Body): boolean {
  const news = body.filter(({ op }) => op !== 'remove').length;
  return stated?.oldCount === oldLines(body).length && stated.newCount === news;
}

function markOf(op: 'add' | 'remove'): string {
  return op === 'add' ? '+' : '-';
}

function standsAsStated(hunk: Hunk, body: Body, base: BaseText): boolean {
  const start = statedStart({ hunk, body });
  if (start === null || oldLines(body).length === 0) return false;
  // The first line of context may be the one behind the `@@`.
  const glued = hunk.heading !== '' && looseKey(hunk.heading) === looseKey(base.shown[start] ?? '');
  return placeAt(body, base, start) !== null || (glued && placeAt(body, base, start + 1) !== null);
}

function changeCount(body: Body): number {
  return body.filter(({ op }) => op !== 'keep').length;
}

/** An old line that is marked as the last one, without a newline, stands at the end of the file. */
function endsRight(body: Body, base: BaseText, start: number): boolean {
  const last = oldLines(body).findIndex(({ open }) => open);
  return last === -1 || start + last === base.lines.length - 1;
}

/** Both readings are the same lines with another indent, and the first does not show that its marks are there. */
function isUnmarked(marked: Finding, raw: Finding, base: BaseText): boolean {
  const [shift, other] = [marked, raw].map(({ body, places }) =>
    places[0] === undefined ? null : shiftAt(oldLines(body), base, places[0]),
  );
  const outer = oldLines(marked.body).some(({ text }) => text !== '' && !text.startsWith(' '));
  return sameChanges(marked.body, raw.body) && !outer && JSON.stringify(shift) !== JSON.stringify(other);
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
