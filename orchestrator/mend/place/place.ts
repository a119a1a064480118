/** A place in a file where the old lines of a hunk may stand, and how well they fit there. */
import type { BaseText } from '../plan/base-text.ts';
import { indentOf, trimEnd, withoutReturn } from '../byte-text.ts';
import { type Body, type HunkLine, oldLines } from '../edit.ts';
import { findBlock } from './find-block.ts';
import type { Meter } from '../../text/meter.ts';

/**
 * exact: byte for byte. trailing: but for white space at line ends. spacing: but for tabs against blanks, and runs of
 * blanks inside lines. shifted: all of it is indented by the same amount more or less.
 */
export type Fit = 'exact' | 'trailing' | 'spacing' | 'shifted';

export interface Place {
  /** Index of the first old line in the base. */
  readonly start: number;
  readonly fit: Fit;
  /** The old line that does not stand there (approximate.ts), counted from the start; null = all do. */
  readonly odd: number | null;
}

/** More places than this decide nothing; the stated line alone still may. */
export const mostPlaces = 400;

type Spot = Pick<Place, 'start' | 'odd'>;

export interface Search {
  readonly places: readonly Place[];
  /** There are more. */
  readonly cut: boolean;
}

const widths = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** Every place where the body's old lines stand, white space ignored; those that only fit shifted are left out if others fit. */
export function findPlaces(body: Body, base: BaseText, meter: Meter): Search {
  const old = oldLines(body);
  const loose = findBlock(
    old.map(({ text }) => base.loose.idOf(text)),
    base.loose,
    mostPlaces,
    meter,
  );
  const cut = loose.length > mostPlaces;
  const starts = cut
    ? findBlock(
        old.map(({ text }) => base.exact.idOf(text)),
        base.exact,
        mostPlaces,
        meter,
      )
    : loose;
  const places: Place[] = [];
  for (const start of starts) {
    if (!meter.spend(old.length * 4)) return { places: [], cut: true };
    const fit = fitAt(old, base, { start, odd: null });
    if (fit !== null) places.push({ start, fit, odd: null });
  }
  return { places: plausible(places, old, base), cut: starts.length > mostPlaces };
}

/**
 * Where the lines stand at their own indent, no shift is considered. Where they stand exactly, a place is none that has
 * less white space than the text: it gets lost on the way, or tabs become blanks, but nobody adds it.
 */
function plausible(places: readonly Place[], old: readonly HunkLine[], base: BaseText): readonly Place[] {
  if (places.some(({ fit }) => fit === 'exact')) {
    return places.filter(({ start, fit }) => fit !== 'shifted' && !hasExtraSpace(old, base, start));
  }
  const level = places.filter(({ fit }) => fit !== 'shifted');
  return level.length > 0 ? level : places;
}

/** The lines differ in white space only, so the longer one has more of it. */
function hasExtraSpace(old: readonly HunkLine[], base: BaseText, start: number): boolean {
  return old.some(({ text }, at) => {
    const theirs = withoutReturn(base.shown[start + at] ?? '');
    return withoutReturn(text).length > theirs.length && !theirs.includes('\t');
  });
}

/** How the old lines fit at a place where their loose keys already do; null = the indents contradict each other. */
export function fitAt(old: readonly HunkLine[], base: BaseText, { start, odd }: Spot): Fit | null {
  let possible: readonly number[] = widths;
  let fit: Fit = 'exact';
  for (const [at, { text }] of old.entries()) {
    if (text === base.lines[start + at] || at === odd) continue;
    if (fit === 'exact') fit = 'trailing';
    const [ours, theirs] = [trimEnd(text), trimEnd(base.shown[start + at] ?? '')];
    if (ours === theirs) continue;
    fit = 'spacing';
    possible = possible.filter((width) => columns(indentOf(ours), width) === columns(indentOf(theirs), width));
  }
  if (possible.length > 0) return fit;
  return shiftAt(old, base, { start, odd }) === null ? null : 'shifted';
}

/** Columns of an indent when a tab is written as `width` blanks. */
export function columns(indent: string, width: number): number {
  let sum = 0;
  for (const char of indent) sum += char === '\t' ? width : 1;
  return sum;
}

/** What must be put before (`add`) or taken from (`cut`) each line so that its indent is the base's. */
export interface Shift {
  readonly add: string;
  readonly cut: string;
}

/**
 * The one shift of all removed lines (of all lines where none is removed); null where they differ. Context lines may
 * differ in any white space: their bytes come from the base anyway.
 */
export function shiftAt(old: readonly HunkLine[], base: BaseText, { start, odd }: Spot): Shift | null {
  const removes = old.some((line) => line.op === 'remove' && trimEnd(line.text) !== '');
  let shift: Shift | null = null;
  for (const [at, { op, text }] of old.entries()) {
    if ((removes && op !== 'remove') || at === odd || trimEnd(text) === '') continue;
    const one = shiftOf(indentOf(text), indentOf(base.shown[start + at] ?? ''));
    if (one === null || (shift !== null && (shift.add !== one.add || shift.cut !== one.cut))) return null;
    shift = one;
  }
  return shift;
}

function shiftOf(ours: string, theirs: string): Shift | null {
  if (theirs.endsWith(ours)) return { add: theirs.slice(0, theirs.length - ours.length), cut: '' };
  if (ours.endsWith(theirs)) return { add: '', cut: ours.slice(0, ours.length - theirs.length) };
  return null;
}
