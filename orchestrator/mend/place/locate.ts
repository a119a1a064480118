/** Finds the place of every hunk of every file: first by content, then by what content has proven about the numbers. */
import type { BaseText } from '../plan/base-text.ts';
import { type Choice, decide } from './decide.ts';
import { changesNothing, type Hunk, oldLines } from '../edit.ts';
import { type Finding, findHunk, statedStart } from './find-hunk.ts';
import type { Meter } from '../meter.ts';
import { agree } from './numbers.ts';
import type { Placed } from '../write/reindent.ts';

/** The hunks of one file, in the order in which they were written. */
export interface Searched {
  readonly path: string;
  readonly base: BaseText;
  /** Blocks have no numbers, and their order says nothing. */
  readonly form: 'unified' | 'block';
  readonly findings: readonly Finding[];
}

export interface Located extends Searched {
  readonly choices: readonly Choice[];
}

/** Hunks that change nothing are left out, unless their white space may have been the change. */
export function search(file: Pick<Searched, 'path' | 'base' | 'form'>, hunks: readonly Hunk[], meter: Meter): Searched {
  const findings = hunks.flatMap((hunk): readonly Finding[] => {
    const finding = findHunk(hunk, file.base, meter);
    if (!hunk.bodies.every(changesNothing)) return [finding];
    // Context alone says nothing. A block of it may have lost what it was about.
    const blurred = finding.places.length > 0 && finding.places.every(({ fit }) => fit !== 'exact');
    return file.form === 'block' && blurred ? [{ ...finding, torn: 'space' }] : [];
  });
  return { ...file, findings };
}

export function locateAll(files: readonly Searched[], meter: Meter): ReadonlyMap<Searched, Located> {
  const proven = numbersProven(files.flatMap(({ findings }) => findings));
  return new Map(files.map((file) => [file, { ...file, choices: decide(file, proven, meter) }]));
}

/** Every numbered hunk of the answer stands where its number says; one of at least two stands nowhere else. */
function numbersProven(findings: readonly Finding[]): boolean {
  const numbered = findings.filter(({ hunk, body }) => hunk.stated !== null && oldLines(body).length > 0);
  const right = numbered.filter((finding) => finding.places.some(({ start }) => start === statedStart(finding)));
  return (
    right.length >= 2 &&
    right.length === numbered.length &&
    right.some(({ places, cut }) => places.length === 1 && !cut)
  );
}

/** The hunks with their places; null if one has none. */
export function placedOf({ findings, choices }: Located): readonly Placed[] | null {
  const placed: Placed[] = [];
  for (const [at, finding] of findings.entries()) {
    const choice = choices[at];
    if (choice?.kind !== 'placed') return null;
    placed.push({ body: finding.body, place: choice.place });
  }
  return placed;
}

/** Strict git takes it as it is. */
export function isWellFormed({ findings, choices }: Located): boolean {
  const exact = findings.every((finding, at) => {
    const choice = choices[at];
    if (choice?.kind !== 'placed') return false;
    const { start, fit, odd } = choice.place;
    return fit === 'exact' && odd === null && start === statedStart(finding);
  });
  return exact && agree(findings);
}

/** Old lines came with a `\r` that the base's lines don't have: it was added on the way. */
export function hasForeignReturns(file: Located): boolean {
  return (placedOf(file) ?? []).some(({ body, place }) =>
    oldLines(body).some(
      ({ text }, at) => text.endsWith('\r') && file.base.lines[place.start + at]?.endsWith('\r') === false,
    ),
  );
}
