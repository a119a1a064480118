/** What the numbers of a file's hunks are worth as evidence. */
import { oldLines, type Stated } from '../edit.ts';
import { type Finding, statedStart } from './find-hunk.ts';

/**
 * none: they contradict each other or the content. shift: content found elsewhere shows that they are off by `by` lines
 * (mostly 0). unproven: nothing contradicts them, nothing proves them.
 */
export type Numbers =
  | { readonly kind: 'none' }
  | { readonly kind: 'shift'; readonly by: number }
  | { readonly kind: 'unproven' };

/** Judged by the hunks that stand in one place only, and by whether the headers agree with their hunks and each other. */
export function judgeNumbers(findings: readonly Finding[]): Numbers {
  const shifts = uniqueShifts(findings);
  const [by] = shifts;
  if (by === undefined) return agree(findings) ? { kind: 'unproven' } : { kind: 'none' };
  if (shifts.some((shift) => shift !== by)) return { kind: 'none' };
  // One hunk that is off by some lines says little about the others; two that are off alike do.
  return by === 0 || shifts.length > 1 ? { kind: 'shift', by } : { kind: 'none' };
}

/** Lines between the stated and the only place, for each hunk that has both. */
function uniqueShifts(findings: readonly Finding[]): readonly number[] {
  return findings.flatMap((finding) => {
    const stated = statedStart(finding);
    const [place] = finding.places;
    const unique = place !== undefined && finding.places.length === 1 && !finding.cut;
    return stated !== null && unique && oldLines(finding.body).length > 0 ? [place.start - stated] : [];
  });
}

/**
 * The headers are what git would have written: counts equal to the lines, each new start is the old one moved by what
 * the hunks before it added, nothing overlaps. Hunks may be listed in any order.
 */
export function agree(findings: readonly Finding[]): boolean {
  const all = findings.flatMap(({ hunk, body }) => (hunk.stated === null ? [] : [{ stated: hunk.stated, body }]));
  if (all.length !== findings.length) return false;
  let moved = 0;
  let end = 0;
  for (const { stated, body } of all.toSorted((a, b) => oldFirst(a.stated) - oldFirst(b.stated))) {
    const olds = body.filter((line) => line.op !== 'add').length;
    const news = body.filter((line) => line.op !== 'remove').length;
    const counts = stated.oldCount === olds && stated.newCount === news;
    if (!counts || oldFirst(stated) < end || newFirst(stated) !== oldFirst(stated) + moved) return false;
    moved += news - olds;
    end = oldFirst(stated) + olds;
  }
  return true;
}

/** With a count of 0 the number names the line before. */
function oldFirst({ oldStart, oldCount }: Stated): number {
  return oldCount === 0 ? oldStart + 1 : oldStart;
}

function newFirst({ newStart, newCount }: Stated): number {
  return newCount === 0 ? newStart + 1 : newStart;
}
