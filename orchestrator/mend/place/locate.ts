/** Finds the place of every hunk of every file: first by content, then by what content has proven about the numbers. */
import { isTelling } from './approximate.ts';
import type { BaseText } from '../plan/base-text.ts';
import { type Choice, decide } from './decide.ts';
import { changesNothing, type Hunk, oldLines } from '../edit.ts';
import { type Finding, findHunk, statedStart } from './find-hunk.ts';
import { isListing, looksListed } from '../read/line-numbers.ts';
import type { Meter } from '../../text/meter.ts';
import { agree } from './numbers.ts';
import { splitHunk } from './split-hunk.ts';
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

type Sought = Pick<Searched, 'path' | 'base' | 'form'>;

export function search(file: Sought, hunks: readonly Hunk[], meter: Meter): Searched {
  const findings = hunks.flatMap((hunk) => findParts(file, hunk, meter)).filter((each) => each !== null);
  const listed = findings.some(({ hunk, body }) => hunk.listed !== null && body === hunk.listed);
  return { ...file, findings: findings.map((finding) => doubtListed(finding, listed)) };
}

/** Nothing shows whether added lines alone have numbers of a listing. */
function doubtListed(finding: Finding, listed: boolean): Finding {
  const { body } = finding;
  const numbered = oldLines(body).length === 0 && (isListing(body) || (listed && looksListed(body)));
  return numbered ? { ...finding, torn: 'listing' } : finding;
}

/** A hunk that stands nowhere and has dots in it is looked for in parts. */
function findParts(file: Sought, hunk: Hunk, meter: Meter): readonly (Finding | null)[] {
  const finding = findHunk(hunk, file.base, meter);
  const lost = finding.places.length === 0 && !finding.cut;
  const parts = lost ? splitHunk(hunk, (line) => file.base.loose.idOf(line) !== undefined) : [hunk];
  if (parts.length === 1) return [withChange(file, finding)];
  return parts.map((part) => withChange(file, findHunk(part, file.base, meter)));
}

/**
 * Null for a hunk that changes nothing: context alone says nothing. But what is nowhere in the file has lost its marks,
 * and a block that differs in white space may have lost what it was about.
 */
function withChange({ form }: Sought, finding: Finding): Finding | null {
  const { hunk, places, cut, body } = finding;
  if (!hunk.bodies.every(changesNothing)) return finding;
  if (form === 'block' && places.length > 0 && places.every(({ fit }) => fit !== 'exact')) {
    return { ...finding, torn: 'space' };
  }
  return places.length === 0 && !cut && body.some(({ text }) => isTelling(text)) ? finding : null;
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
