/** Finds the place of every hunk of every file: first by content, then by what content has proven about the numbers. */
import type { BaseText } from './base-text.ts';
import { type Choice, decide } from './decide.ts';
import { changesNothing, type Hunk } from './edit.ts';
import { type Finding, findHunk } from './find-hunk.ts';
import type { Meter } from './meter.ts';
import { uniqueShifts } from './numbers.ts';
import type { Placed } from './reindent.ts';

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

/** Hunks that change nothing are left out. */
export function search(file: Pick<Searched, 'path' | 'base' | 'form'>, hunks: readonly Hunk[], meter: Meter): Searched {
  const real = hunks.filter(({ bodies }) => !bodies.every(changesNothing));
  return { ...file, findings: real.map((hunk) => findHunk(hunk, file.base, meter)) };
}

/** With at least two hunks where the numbers say, and none elsewhere, the answer's numbers are right. */
export function locateAll(files: readonly Searched[], meter: Meter): readonly Located[] {
  const shifts = files.flatMap((file) => uniqueShifts(file.findings));
  const proven = shifts.length >= 2 && shifts.every((shift) => shift === 0);
  return files.map((file) => ({ ...file, choices: decide(file, proven, meter) }));
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
