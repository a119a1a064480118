/** Changes that are written as SEARCH/REPLACE blocks or whole files instead of a diff. */
import { baseLines, type Draft, isDeleted, isNew, isRename } from './draft.ts';
import { type ModelFile, type ModelHunk, pathOf } from './diff-model.ts';
import { movesNewline } from './model-kinds.ts';
import type { Corrupt } from './number-kinds.ts';
import type { Random } from './random.ts';
import { fenced } from './wrap-kinds.ts';

export const asBlocks: Corrupt = (draft) => {
  if (draft.files.some((file) => isDeleted(file) || isRename(file) || file.labels === null || movesNewline(file)))
    return null;
  const files = draft.files.map((file) =>
    isNew(file) ? file : { ...file, hunks: file.hunks.map((hunk) => unique(draft, file, hunk)) },
  );
  // With the white space gone that it was about, a block says nothing any more.
  const empty = files.some((file) => file.hunks.some((hunk) => sideOf(hunk, '+') === sideOf(hunk, '-')));
  const unclear = empty || files.some((file) => file.hunks.some((hunk) => hasTwin(draft, file, hunk)));
  return { ...draft, form: 'blocks', numbers: 'none', files, lost: draft.lost || draft.cleaned || unclear };
};

export const asFiles: Corrupt = (draft) =>
  draft.files.some((file) => isDeleted(file) || isRename(file) || !writable(draft, file))
    ? null
    : {
        ...draft,
        form: 'files',
        numbers: 'right',
        lost: draft.lost || draft.files.some((file) => isCleaned(draft, file)),
      };

/** The first file as a diff, the others as blocks. */
export const asMixture: Corrupt = (draft, random) => {
  const [first, ...rest] = draft.files;
  if (first === undefined || rest.length === 0) return null;
  const blocks = asBlocks({ ...draft, files: rest }, random);
  return blocks === null ? null : { ...blocks, form: 'mixed', files: [first, ...blocks.files], numbers: draft.numbers };
};

/** A line that is kept and added, and has lost its end: which is which was to be seen in the marks alone. */
function hasTwin(draft: Draft, file: ModelFile, hunk: ModelHunk): boolean {
  const ends = new Set(
    baseLines(draft.commit, pathOf(file)).flatMap((line) => (/[ \t]\r?$/.test(line) ? [line.trimEnd()] : [])),
  );
  const added = new Set(hunk.lines.flatMap(({ mark, text }) => (mark === '+' ? [text.trimEnd()] : [])));
  return (
    draft.damaged &&
    hunk.lines.some(({ mark, text }) => mark === ' ' && added.has(text.trimEnd()) && ends.has(text.trimEnd()))
  );
}

function sideOf(hunk: ModelHunk, without: '+' | '-'): string {
  return hunk.lines.flatMap((line) => (line.mark === without ? [] : [line.text])).join('\n');
}

function writable(draft: Draft, file: ModelFile): boolean {
  const before = draft.commit.before[pathOf(file)];
  const after = draft.commit.changes[pathOf(file)];
  if (typeof after !== 'string' || movesNewline(file)) return false;
  if (before === undefined) return after.endsWith('\n');
  // A small rest of a file looks like an excerpt of it, and is refused as one.
  return after.length * 2 > before.length && before.length > 200;
}

/**
 * The commit removes the last white space at line ends: models lose it on the way when they write a file anew, so nobody
 * can tell that it was to go.
 */
function isCleaned(draft: Draft, file: ModelFile): boolean {
  const [before, after] = [draft.commit.before[pathOf(file)] ?? '', draft.commit.changes[pathOf(file)] ?? ''];
  return /[ \t]\r?$/m.test(before) && !/[ \t]\r?$/m.test(after);
}

/** As people do: more context until the block stands in one place. */
function unique(draft: Draft, file: ModelFile, hunk: ModelHunk): ModelHunk {
  const base = baseLines(draft.commit, pathOf(file));
  const start = hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1;
  let [from, to] = [start, start + hunk.oldCount];
  let lines = hunk.lines;
  const stands = (): number => countOf(base, base.slice(from, to));
  for (let tries = 0; tries < 20 && stands() !== 1; tries += 1) {
    const [above, below] = [base[from - 1], base[to]];
    if (above !== undefined) lines = [{ mark: ' ', text: above, open: false }, ...lines];
    if (below !== undefined) lines = [...lines, { mark: ' ', text: below, open: false }];
    from -= above === undefined ? 0 : 1;
    to += below === undefined ? 0 : 1;
  }
  return { ...hunk, lines };
}

function countOf(base: readonly string[], block: readonly string[]): number {
  let count = 0;
  for (let at = 0; at + block.length <= base.length; at += 1)
    if (block.every((line, by) => line === base[at + by])) count += 1;
  return count;
}

export function writeBlocks(file: ModelFile, random: Random): string {
  const path = pathOf(file);
  const blocks = file.hunks.map((hunk) => {
    const search = hunk.lines.filter((line) => line.mark !== '+').map(({ text }) => `${text}\n`);
    const replace = hunk.lines.filter((line) => line.mark !== '-').map(({ text }) => `${text}\n`);
    return `<<<<<<< SEARCH\n${search.join('')}=======\n${replace.join('')}>>>>>>> REPLACE\n`;
  });
  switch (random.below(3)) {
    case 0:
      return `${path}\n${blocks.join('\n')}\n`;
    case 1:
      return `${path}\n${blocks.map((block) => fenced(block, 'python')).join('\n')}\n`;
    default:
      return blocks.map((block) => fenced(`${path}\n${block}`, '')).join('\n');
  }
}

export function writeWhole(draft: Draft, file: ModelFile, random: Random): string {
  const path = pathOf(file);
  const text = draft.commit.changes[path] ?? '';
  switch (random.below(4)) {
    case 0:
      return `### \`${path}\`\n\n${fenced(text, 'js')}\n`;
    case 1:
      return `${fenced(text, `python ${path}`)}\n`;
    case 2:
      return `**${path}**\n${fenced(text, '')}\n`;
    default:
      return `File: ${path}\n${fenced(text, 'text')}\n`;
  }
}
