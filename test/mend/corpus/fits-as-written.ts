import { baseLines, type Draft, isNew } from './draft.ts';
import { sourceOf } from './determined.ts';

/** Every hunk's old lines stand exactly where its numbers say, and the counts are right: a well-formed diff. */
export function fitsAsWritten(draft: Draft): boolean {
  return draft.files.every((file) => {
    const base = baseLines(draft.commit, sourceOf(file));
    return file.hunks.every((hunk) => {
      if (hunk.lines.some((line) => line.elided === true || line.unmarked === true)) return false;
      const old = hunk.lines.filter((line) => line.mark !== '+');
      const news = hunk.lines.filter((line) => line.mark !== '-');
      const counted = old.length === hunk.oldCount && news.length === hunk.newCount;
      const stands = old.every((line, at) => base[hunk.oldStart - 1 + at] === line.text);
      return isNew(file) || (counted && stands && old.length > 0);
    });
  });
}
