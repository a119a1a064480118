/** Hunk headers as models get them wrong. */
import { type Draft, mapHunks } from './draft.ts';
import type { Random } from './random.ts';

export type Corrupt = (draft: Draft, random: Random) => Draft | null;

const hasHunks = (draft: Draft): boolean => draft.files.some((file) => file.hunks.length > 0);

function away(random: Random, most: number): number {
  return (1 + random.below(most)) * (random.chance(0.5) ? 1 : -1);
}

/** Every start off by its own few lines. */
export const wrongStarts: Corrupt = (draft, random) =>
  hasHunks(draft)
    ? mapHunks({ ...draft, numbers: 'wrong' }, (hunk) => {
        const [old, new_] = [away(random, 40), away(random, 40)];
        return { ...hunk, oldStart: Math.max(1, hunk.oldStart + old), newStart: Math.max(1, hunk.newStart + new_) };
      })
    : null;

/** All starts off by the same number of lines, so that they agree with each other. */
export const shiftedStarts: Corrupt = (draft, random) => {
  const by = away(random, 25);
  const low = draft.files.some((file) => file.hunks.some((hunk) => hunk.oldStart + by < 1 || hunk.newStart + by < 1));
  const shift = low ? Math.abs(by) : by;
  if (!hasHunks(draft)) return null;
  return mapHunks({ ...draft, numbers: 'wrong' }, (hunk) => ({
    ...hunk,
    oldStart: hunk.oldStart + shift,
    newStart: hunk.newStart + shift,
  }));
};

export const wrongCounts: Corrupt = (draft, random) =>
  hasHunks(draft)
    ? mapHunks({ ...draft, numbers: draft.numbers === 'right' ? 'wrong' : draft.numbers }, (hunk) => ({
        ...hunk,
        oldCount: Math.max(0, hunk.oldCount + away(random, 3)),
        newCount: Math.max(0, hunk.newCount + (random.chance(0.7) ? away(random, 3) : 0)),
      }))
    : null;

const withHeader =
  (hunkHeader: Draft['style']['hunkHeader']): Corrupt =>
  (draft) =>
    hasHunks(draft) ? { ...draft, numbers: 'none', style: { ...draft.style, hunkHeader } } : null;

export const bareHunks = withHeader('bare');
export const dottedHunks = withHeader('dots');
export const headingHunks = withHeader('heading');

export const outOfOrder: Corrupt = (draft, random) => {
  if (!draft.files.some((file) => file.hunks.length > 1)) return null;
  return { ...draft, files: draft.files.map((file) => ({ ...file, hunks: mixed(file.hunks, random) })) };
};

function mixed<T>(list: readonly T[], random: Random): readonly T[] {
  const result = random.shuffled(list);
  return list.length > 1 && result.every((item, at) => item === list[at]) ? list.toReversed() : result;
}
