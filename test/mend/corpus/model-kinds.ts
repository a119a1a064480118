/** What models do to a diff beyond getting it wrong: formats of their own, line numbers, dots in place of lines. */
import { isDeleted, isNew, mapHunks } from './draft.ts';
import { type ModelFile, type ModelLine, pathOf, type Style, writeLine } from './diff-model.ts';
import type { Corrupt } from './number-kinds.ts';
import type { Random } from './random.ts';

/** `*** Begin Patch`: no numbers, no marks for a missing final newline. */
export const asPatch: Corrupt = (draft) =>
  draft.files.some((file) => file.labels === null || movesNewline(file))
    ? null
    : { ...draft, form: 'patch', numbers: 'none', style: { ...draft.style, newlineMarks: false } };

export function movesNewline(file: ModelFile): boolean {
  return file.hunks.some(({ lines }) => lines.filter((line) => line.open && line.mark !== ' ').length === 1);
}

export function writePatch(files: readonly ModelFile[], style: Style, random: Random): string {
  const parts = files.map((file) => {
    const path = pathOf(file);
    if (isDeleted(file)) return `*** Delete File: ${path}\n`;
    const lines = file.hunks.map((hunk) => hunk.lines.map((line) => writeLine(line, style)).join(''));
    if (isNew(file)) return `*** Add File: ${path}\n${lines.join('')}`;
    const from = file.header.find((line) => line.startsWith('rename from '))?.slice('rename from '.length);
    const moved = from === undefined ? '' : `*** Move to: ${path}\n`;
    const located = random.chance(0.5);
    const hunks = file.hunks.map(({ heading }, at) => {
      const name = located && heading !== '' ? ` ${heading}` : '';
      return `@@${name}\n${lines[at] ?? ''}`;
    });
    const end = random.chance(0.1) && file.hunks.at(-1)?.lines.at(-1)?.open === true ? '*** End of File\n' : '';
    return `*** Update File: ${from ?? path}\n${moved}${hunks.join('')}${end}`;
  });
  return `*** Begin Patch\n${parts.join('')}*** End Patch\n`;
}

/** Numbers of a listing that the model was shown, copied with the old lines. */
export const lineNumbers: Corrupt = (draft, random) => {
  if (draft.form !== 'diff' || !draft.style.contextMarks || !draft.style.blankMarks) return null;
  const write = random.pick([
    (at: number, text: string) => `${String(at).padStart(4)} | ${text}`,
    (at: number, text: string) => `${at}: ${text}`,
    (at: number, text: string) => `${String(at).padStart(6)}\t${text}`,
  ]);
  const both = random.chance(0.5);
  let any = false;
  const made = mapHunks(draft, (hunk, file) => {
    let [old, fresh] = [hunk.oldStart - 1, hunk.oldStart - 1];
    if (isNew(file)) return hunk;
    return {
      ...hunk,
      lines: hunk.lines.map((line) => {
        if (line.mark !== '+') old += 1;
        if (line.mark !== '-') fresh += 1;
        any ||= line.mark !== '+';
        if (line.mark === '+' && !both) return line;
        return { ...line, shown: write(line.mark === '+' ? fresh : old, line.text) };
      }),
    };
  });
  return any ? made : null;
};

/** A run of context is cut short by a line of dots. */
export const elided: Corrupt = (draft, random) => {
  if (draft.form !== 'diff') return null;
  const dots = random.pick(['...', ' ...', '     ...', ' # ...', ' // ...', ' // ... existing code ...']);
  let any = false;
  const made = mapHunks(draft, (hunk, file) => {
    const runs = isNew(file) || isDeleted(file) ? [] : contextRuns(hunk.lines).filter(({ length }) => length >= 3);
    if (runs.length === 0) return hunk;
    any = true;
    const { at, length } = random.pick(runs);
    const lines = hunk.lines.map((line, index): ModelLine => {
      if (index <= at || index >= at + length - 1) return line;
      return { ...line, elided: true, shown: index === at + 1 ? dots : null };
    });
    return { ...hunk, lines };
  });
  return any ? { ...made, numbers: made.numbers === 'right' ? 'wrong' : made.numbers } : null;
};

function contextRuns(lines: readonly ModelLine[]): readonly { readonly at: number; readonly length: number }[] {
  const runs: { at: number; length: number }[] = [];
  for (const [index, line] of lines.entries()) {
    const last = runs.at(-1);
    if (line.mark !== ' ') continue;
    if (last !== undefined && last.at + last.length === index) last.length += 1;
    else runs.push({ at: index, length: 1 });
  }
  return runs;
}

/** The first context line stands behind the `@@` of the header. */
export const gluedContext: Corrupt = (draft) => {
  if (draft.form !== 'diff' || draft.style.hunkHeader !== 'numbers') return null;
  let any = false;
  const made = mapHunks(draft, (hunk) => {
    const [first, ...lines] = hunk.lines;
    if (first?.mark !== ' ' || first.text.trim() === '' || first.open || first.odd === true) return hunk;
    any = true;
    return { ...hunk, heading: first.text, lines };
  });
  return any ? { ...made, numbers: 'wrong' } : null;
};

/** An added blank line without its `+` looks like context. */
export const addedBlanksUnmarked: Corrupt = (draft) => {
  let any = false;
  const made = mapHunks(draft, (hunk) => ({
    ...hunk,
    lines: hunk.lines.map((line, at) => {
      const inside = hunk.lines[at - 1]?.mark === '+' && hunk.lines[at + 1]?.mark === '+';
      if (line.mark !== '+' || line.text !== '' || !inside || line.open) return line;
      any = true;
      return { ...line, unmarked: true };
    }),
  }));
  return any ? { ...made, numbers: made.numbers === 'right' ? 'wrong' : made.numbers } : null;
};

/** A blank line before each hunk. */
export const gapsBetweenHunks: Corrupt = (draft) => {
  if (draft.form !== 'diff' || draft.files.every((file) => file.hunks.length < 2)) return null;
  return {
    ...draft,
    files: draft.files.map((file) => ({
      ...file,
      hunks: file.hunks.map((hunk, at) => ({ ...hunk, gap: at > 0 })),
    })),
  };
};
