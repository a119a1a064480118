/** Headers and marks that models leave out, and line ends that change on the way. */
import type { Draft } from './draft.ts';
import { isDeleted, isNew, isRename } from './draft.ts';
import { type ModelLine, pathOf } from './diff-model.ts';
import type { Corrupt } from './number-kinds.ts';

const restyle =
  (style: Partial<Draft['style']>): Corrupt =>
  (draft) => ({ ...draft, style: { ...draft.style, ...style } });

const lines = (draft: Draft): readonly ModelLine[] =>
  draft.files.flatMap(({ hunks }) => hunks.flatMap((hunk) => hunk.lines));

export const blanksUnmarked: Corrupt = (draft, random) =>
  lines(draft).some((line) => line.mark === ' ' && line.text === '')
    ? restyle({ blankMarks: false })(draft, random)
    : null;

export const contextUnmarked: Corrupt = (draft, random) =>
  lines(draft).some((line) => line.mark === ' ' && /^[\w}]/.test(line.text))
    ? restyle({ contextMarks: false, blankMarks: false })(
        { ...draft, damaged: true, lost: draft.lost || pretends(draft) },
        random,
      )
    : null;

/** Without its mark a context line like "- item" says something else. */
function pretends(draft: Draft): boolean {
  return lines(draft).some((line) => line.mark === ' ' && /^[-+@\\]/.test(line.text));
}

/** Without the extended header an empty file, a mode or an unchanged rename can't be said. */
export const gitLinesMissing: Corrupt = (draft, random) =>
  draft.files.every((file) => file.labels !== null) ? restyle({ gitLines: false })(draft, random) : null;

export const bareNames: Corrupt = (draft, random) => {
  const paths = new Set(Object.keys(draft.commit.before));
  // "x/y" without a prefix is git's name for "y": with both in the base nothing says which.
  const twins = draft.files.some((file) => paths.has(pathOf(file).slice(pathOf(file).indexOf('/') + 1)));
  return twins && draft.files.some((file) => pathOf(file).includes('/'))
    ? null
    : restyle({ prefix: 'none' })(draft, random);
};

export const dottedNames: Corrupt = (draft, random) =>
  restyle({ prefix: random.chance(0.5) ? 'dot' : 'ab-dot' })(draft, random);

export const doubledNames: Corrupt = restyle({ prefix: 'double' });
export const datedNames: Corrupt = restyle({ prefix: 'dated' });
export const quotedNames: Corrupt = restyle({ prefix: 'quoted' });

/** Both marks of a hunk's end are gone. If only one was there the change was in the newline itself, and is lost. */
export const newlineMarksMissing: Corrupt = (draft, random) => {
  const open = lines(draft).filter((line) => line.open);
  if (open.length === 0) return null;
  const lost = draft.files.some((file) =>
    file.hunks.some((hunk) => {
      const marks = hunk.lines.filter((line) => line.open);
      return marks.length === 1 && marks[0]?.mark !== ' ' && !isDeleted(file);
    }),
  );
  return restyle({ newlineMarks: false })({ ...draft, lost: draft.lost || lost, damaged: true }, random);
};

export const windowsEnds: Corrupt = (draft) => ({
  ...draft,
  damaged: true,
  lost: draft.lost || draft.files.some((file) => isMixed(draft, file)),
  wrappers: [...draft.wrappers, (text) => text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n')],
});

/** New files with `\r\n` and files with both ends: what was an end of the file's own is not to be seen. */
function isMixed(draft: Draft, file: Draft['files'][number]): boolean {
  const own = file.hunks.flatMap((hunk) => hunk.lines);
  if (isNew(file)) return own.some((line) => line.text.endsWith('\r'));
  const base = draft.commit.before[isRename(file) ? '' : pathOf(file)] ?? '';
  const returns = base.split('\r\n').length - 1;
  if (returns > 0 && returns < base.split('\n').length - 1) return true;
  return own.some((line) => line.mark === '+' && line.text.endsWith('\r') !== returns > 0 && !line.open);
}

export const noFinalNewline: Corrupt = (draft) => ({
  ...draft,
  wrappers: [...draft.wrappers, (text) => text.replace(/\n+$/, '')],
});
