/**
 * Does the text of a variant still say what was meant? Judged by brute force and without the module under test: every
 * hunk stands in one place only, or its true numbers are still there.
 */
import { baseLines, type Draft, isDeleted, isNew } from './draft.ts';
import { type ModelFile, type ModelHunk, type ModelLine, pathOf } from './diff-model.ts';

export function isDetermined(draft: Draft): boolean {
  if (draft.lost || draft.files.some(holdsOtherBytes)) return false;
  const written = draft.form === 'mixed' ? draft.files.slice(0, 1) : draft.files;
  const counts = draft.files.flatMap((file) =>
    isNew(file) ? [] : file.hunks.map((hunk) => placesOf(draft, file, hunk)),
  );
  // Blocks prove no numbers.
  const anchored = written.flatMap((file) => file.hunks.filter((hunk) => placesOf(draft, file, hunk) === 1)).length;
  return counts.every((count) => {
    if (count === 1) return true;
    // No old line at all: only numbers say where, and they must have proven right at another hunk.
    if (count === -1) return draft.numbers === 'right' && anchored > 1;
    return draft.numbers === 'right' && draft.form === 'diff';
  });
}

/** Added lines with bytes that are no UTF-8: text can't hold them. */
function holdsOtherBytes(file: ModelFile): boolean {
  return file.hunks.some((hunk) =>
    hunk.lines.some(
      ({ mark, text }) => mark === '+' && Buffer.from(text, 'latin1').toString('utf8').includes('\uFFFD'),
    ),
  );
}

/** In how many places the hunk can stand; -1 = it has no old lines. */
function placesOf(draft: Draft, file: ModelFile, hunk: ModelHunk): number {
  const old = hunk.lines.filter((line) => line.mark !== '+');
  if (old.length === 0) return isDeleted(file) ? 1 : -1;
  // Blank lines without their "+" are context as well as can be: then the hunk must not stand so.
  const blanks = hunk.lines.filter((line) => line.mark !== '+' || line.unmarked === true);
  if (blanks.length > old.length && countOf(draft, file, blanks) > 0) return 2;
  // Dots cut a hunk in two, and each part that changes something must say by itself where it stands.
  const parts = partsOf(hunk.lines).map((part) => part.filter((line) => line.mark !== '+'));
  return Math.max(...parts.map((part) => countOf(draft, file, part)));
}

function partsOf(lines: readonly ModelLine[]): readonly (readonly ModelLine[])[] {
  const parts: ModelLine[][] = [[]];
  for (const line of lines) {
    if (line.elided !== true) parts.at(-1)?.push(line);
    else if (parts.at(-1)?.length !== 0) parts.push([]);
  }
  return parts.filter((part) => part.some((line) => line.mark !== ' '));
}

function countOf(draft: Draft, file: ModelFile, lines: readonly ModelLine[]): number {
  const base = baseLines(draft.commit, sourceOf(file));
  const key = draft.damaged ? loose : (text: string) => text;
  const pattern = lines.map((line) => (line.odd === true ? null : key(line.text)));
  const keys = base.map(key);
  let count = 0;
  for (let start = 0; start + pattern.length <= keys.length; start += 1) {
    if (pattern.every((line, at) => line === null || line === keys[start + at])) count += 1;
  }
  return count;
}

export function sourceOf(file: ModelFile): string {
  const from = file.header.find((line) => line.startsWith('rename from '));
  return from === undefined ? pathOf(file) : from.slice('rename from '.length);
}

function loose(text: string): string {
  return text.replace(/[ \t\r]+/g, ' ').trim();
}
