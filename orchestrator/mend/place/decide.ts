/** Chooses the place of each hunk of a file. Content decides; numbers, headings and order only where they decide clearly. */
import type { BaseText } from '../plan/base-text.ts';
import { oldLines } from '../edit.ts';
import { type Finding, nearlyStands, placeAt, statedStart, type Torn } from './find-hunk.ts';
import { headingLines, isUnder } from './heading.ts';
import type { Searched } from './locate.ts';
import type { Meter } from '../../text/meter.ts';
import { agree, judgeNumbers, type Numbers } from './numbers.ts';
import type { Place } from './place.ts';

/** missing: stands nowhere. several: stands in more than one place. anchorless: has no line that says where. contradicted: stands in one place, but at the stated one almost. torn: it can be read in two ways. */
export type Choice =
  | { readonly kind: 'placed'; readonly place: Place }
  | { readonly kind: 'missing' }
  | { readonly kind: 'several'; readonly starts: readonly number[] }
  | { readonly kind: 'anchorless' }
  | { readonly kind: 'contradicted'; readonly start: number; readonly stated: number }
  | { readonly kind: 'torn'; readonly by: Torn };

interface File {
  readonly base: BaseText;
  readonly findings: readonly Finding[];
  readonly numbers: Numbers;
  readonly meter: Meter;
  readonly chosen: (Place | null)[];
  /** Stands in one place only, but almost stands at the stated line too. */
  readonly contradicted: readonly boolean[];
}

type Step = (file: File, finding: Finding, at: number) => Place | null;

/** `proven`: content found elsewhere in the answer shows that its numbers are right. One choice for each finding. */
export function decide({ base, findings, form }: Searched, proven: boolean, meter: Meter): readonly Choice[] {
  const judged = judgeNumbers(findings);
  const numbers: Numbers = judged.kind === 'unproven' && proven ? { kind: 'shift', by: 0 } : judged;
  const contradicted = contradictions(base, findings);
  const file: File = { base, findings, numbers, meter, chosen: findings.map(() => null), contradicted };
  const steps: readonly Step[] = [
    onlyPlace,
    byNumber,
    byHeading,
    byOccupation,
    ...(form === 'unified' ? [bySandwich] : []),
  ];
  for (const step of steps) {
    for (const [at, finding] of findings.entries()) {
      if (contradicted[at] === false) file.chosen[at] ??= step(file, finding, at);
    }
  }
  byCount(file);
  return findings.map((finding, at) => choiceOf(finding, file.chosen[at] ?? null, contradicted[at] === true));
}

function choiceOf(finding: Finding, place: Place | null, contradicted: boolean): Choice {
  const { body, places, cut, torn } = finding;
  if (torn !== null) return { kind: 'torn', by: torn };
  if (place !== null) return { kind: 'placed', place };
  if (oldLines(body).length === 0) return { kind: 'anchorless' };
  const [start, stated] = [places[0]?.start, statedStart(finding)];
  if (contradicted && start !== undefined && stated !== null) return { kind: 'contradicted', start, stated };
  return places.length > 0 || cut ? { kind: 'several', starts: places.map(({ start }) => start) } : { kind: 'missing' };
}

function expectedStart(finding: Finding, numbers: Numbers): number | null {
  const stated = statedStart(finding);
  return stated === null ? null : stated + (numbers.kind === 'shift' ? numbers.by : 0);
}

/** Hunks that stand in one place while their numbers, with nothing against them, name another where they almost stand. */
function contradictions(base: BaseText, findings: readonly Finding[]): readonly boolean[] {
  const off = findings.map((finding) => {
    const stated = statedStart(finding);
    const [place] = finding.places;
    return stated !== null && place !== undefined && finding.places.length === 1 && place.start !== stated;
  });
  // Numbers that don't agree with each other, or are off elsewhere too, contradict nothing.
  if (off.filter(Boolean).length !== 1 || !agree(findings)) return findings.map(() => false);
  return findings.map(
    (finding, at) => off[at] === true && nearlyStands(finding.body, base, statedStart(finding) ?? -1),
  );
}

function onlyPlace(_: File, { places, cut }: Finding): Place | null {
  return places.length === 1 && !cut ? (places[0] ?? null) : null;
}

/** The stated line, if the numbers are to be trusted and the heading does not contradict. */
function byNumber({ base, numbers, meter, findings }: File, finding: Finding): Place | null {
  const { hunk, body, places, cut } = finding;
  const start = expectedStart(finding, numbers);
  const anchored = oldLines(body).length > 0;
  if (start === null || numbers.kind === 'none' || (anchored && places.length === 0 && !cut)) return null;
  // Without a single old line a wrong number would go unnoticed: numbers must have proven right elsewhere.
  if (!anchored && (numbers.kind !== 'shift' || numbers.by !== 0 || !agree(findings))) return null;
  const place = places.find((each) => each.start === start) ?? (anchored && !cut ? null : placeAt(body, base, start));
  if (place === null) return null;
  const heads = headingLines(hunk.heading, base, meter);
  const others = places.some((each) => each.start !== start && isUnder(heads, each.start, base, meter));
  return others && !isUnder(heads, start, base, meter) ? null : place;
}

/** The only place under the line that the hunk's heading names. */
function byHeading({ base, meter, numbers }: File, finding: Finding): Place | null {
  const { hunk, places, cut } = finding;
  const expected = expectedStart(finding, numbers);
  // Numbers that may be right name another of these places: one of the two is wrong, and nothing says which.
  const named = numbers.kind !== 'none' && places.some(({ start }) => start === expected);
  if (places.length === 0 || cut || named || (numbers.kind === 'shift' && hunk.stated !== null)) return null;
  const heads = headingLines(hunk.heading, base, meter);
  const under = places.filter(({ start }) => isUnder(heads, start, base, meter));
  return under.length === 1 ? (under[0] ?? null) : null;
}

/** A line can't be removed twice: the only place that no other hunk has changed already. */
function byOccupation(file: File, { body, cut }: Finding, at: number): Place | null {
  const removes = body.some((line) => line.op === 'remove');
  const free = removes && !cut ? freePlaces(file, at) : [];
  return free.length === 1 ? (free[0] ?? null) : null;
}

function freePlaces({ findings, chosen, meter }: File, at: number): readonly Place[] {
  const finding = findings[at];
  if (finding === undefined || meter.exhausted) return [];
  const taken = new Set<number>();
  for (const [other, place] of chosen.entries()) {
    const body = findings[other]?.body;
    if (place !== null && body !== undefined) for (const line of removedLines(body, place.start)) taken.add(line);
  }
  if (!meter.spend(taken.size + finding.places.length)) return [];
  return finding.places.filter(({ start }) => !removedLines(finding.body, start).some((line) => taken.has(line)));
}

function removedLines(body: Finding['body'], start: number): readonly number[] {
  return oldLines(body).flatMap((line, at) => (line.op === 'remove' ? [start + at] : []));
}

/** The only place between the hunks listed before and after, if both are known and the stated numbers don't say otherwise. */
function bySandwich({ findings, chosen }: File, { places, cut }: Finding, at: number): Place | null {
  const [before, after] = [chosen[at - 1], chosen[at + 1]];
  if (!before || !after || cut) return null;
  const stated = findings.slice(at - 1, at + 2).map(statedStart);
  const numbered = stated.filter((start) => start !== null);
  if (numbered.some((start, index) => index > 0 && start <= (numbered[index - 1] ?? 0))) return null;
  const between = places.filter(({ start }) => start > before.start && start < after.start);
  return between.length === 1 ? (between[0] ?? null) : null;
}

/** As many equal hunks as there are places: whichever goes where, the result is the same. */
function byCount(file: File): void {
  const groups = new Map<string, number[]>();
  for (const [at, { body, cut }] of file.findings.entries()) {
    if (file.chosen[at] !== null || file.contradicted[at] === true || cut) continue;
    const key = JSON.stringify(body);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [at]);
    else group.push(at);
  }
  for (const group of groups.values()) {
    const free = freePlaces(file, group[0] ?? -1);
    if (free.length === group.length) for (const [index, at] of group.entries()) file.chosen[at] = free[index] ?? null;
  }
}
