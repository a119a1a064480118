/**
 * Places where all old lines but one context line stand. The tolerance, and why: a context line never becomes part of
 * the result, it only says where. So one of them may be misremembered when the rest still names one place: every
 * removed line stands there, at least two telling lines are left (or one, at the line that the header states), and the
 * line that is there instead is at least half the same. Two misremembered lines, or one that is another line, mean that the model had another file in mind.
 */
import type { BaseText } from '../plan/base-text.ts';
import { looseKey } from '../byte-text.ts';
import { type Body, oldLines } from '../edit.ts';
import type { Meter } from '../../text/meter.ts';
import { fitAt, type Place } from './place.ts';
import { similarity } from '../similarity.ts';

const leastAlike = 0.5;
/** A second place must be worse by this much; otherwise both are reported. */
const clearly = 0.25;
/** Lines that stand in more places than this are no anchor. */
const mostAnchors = 64;

export function findApproximate(body: Body, base: BaseText, stated: number | null, meter: Meter): readonly Place[] {
  const old = oldLines(body);
  const ids = old.map(({ text }) => base.loose.idOf(text));
  const telling = old.map(({ text }) => isTelling(text));
  const starts = startsToTry(ids, base);
  const found = [...(stated === null ? starts : starts.add(stated))].flatMap((start) => {
    if (!meter.spend(old.length)) return [];
    const odd = oddLine(ids, base, start);
    const line = odd === null ? undefined : old[odd];
    if (odd === null || line?.op !== 'keep' || !isPinned(telling, odd, start === stated)) return [];
    const fit = fitAt(old, base, { start, odd });
    if (fit === null) return [];
    const alike = similarity(looseKey(line.text), looseKey(base.shown[start + odd] ?? ''), meter);
    return [{ place: { start, fit, odd }, alike }];
  });
  const best = Math.max(0, ...found.map(({ alike }) => alike));
  if (best < leastAlike) return [];
  return found.filter(({ alike }) => alike > best - clearly).map(({ place }) => place);
}

/** Braces and blank lines stand everywhere. */
export function isTelling(text: string): boolean {
  return /\w\W*\w\W*\w/.test(text);
}

/** At most one line is wrong, so of the two rarest lines of the file at least one is where the hunk is. */
function startsToTry(ids: readonly (number | undefined)[], base: BaseText): Set<number> {
  const starts = new Set<number>();
  const known = ids.flatMap((id, at) => (id === undefined ? [] : [{ at, places: base.loose.placesOf(id) }]));
  const unknown = ids.length - known.length;
  if (unknown > 1) return starts;
  const anchors = known.toSorted((a, b) => a.places.length - b.places.length).slice(0, unknown === 1 ? 1 : 2);
  for (const { at, places } of anchors) {
    if (places.length > mostAnchors) continue;
    for (const place of places) starts.add(place - at);
  }
  return starts;
}

/** The one line that differs at this place; null if none or more than one does. */
function oddLine(ids: readonly (number | undefined)[], base: BaseText, start: number): number | null {
  if (start < 0 || start + ids.length > base.lines.length) return null;
  let odd: number | null = null;
  for (const [at, id] of ids.entries()) {
    if (id === base.loose.ids[start + at]) continue;
    if (odd !== null) return null;
    odd = at;
  }
  return odd;
}

/** Lines with some text are left. */
function isPinned(telling: readonly boolean[], odd: number, stated: boolean): boolean {
  return telling.filter((tells, at) => tells && at !== odd).length >= (stated ? 1 : 2);
}
