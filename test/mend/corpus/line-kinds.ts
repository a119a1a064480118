/** Lines of hunks as models get them wrong. */
import { baseLines, type Draft, isNew, mapHunks } from './draft.ts';
import type { ModelHunk, ModelLine } from './diff-model.ts';
import { sourceOf } from './determined.ts';
import type { Corrupt } from './number-kinds.ts';
import type { Random } from './random.ts';

const mapLines = (draft: Draft, change: (line: ModelLine) => ModelLine): Draft =>
  mapHunks(draft, (hunk) => ({ ...hunk, lines: hunk.lines.map(change) }));

const allLines = (draft: Draft): readonly ModelLine[] =>
  draft.files.flatMap(({ hunks }) => hunks.flatMap(({ lines }) => lines));

/** White space at line ends is gone; in an added line it can't be known any more. */
export const lostTrailing: Corrupt = (draft) => {
  const trailing = allLines(draft).filter((line) => /[ \t]\r?$/.test(line.text));
  if (trailing.length === 0) return null;
  const lost = draft.lost || trailing.some((line) => line.mark === '+');
  const cleaned = trailing.some((line) => line.mark === '-');
  return mapLines({ ...draft, damaged: true, lost, cleaned }, (line) => ({
    ...line,
    text: line.text.replace(/[ \t]+(\r?)$/, '$1'),
  }));
};

/**
 * Leading tabs become blanks. Without an old line that shows it the result is a well-formed diff of something else, and
 * an added line with alignment after its tabs can't be told from a deeper one.
 */
export const tabsToBlanks: Corrupt = (draft, random) => {
  const width = random.pick([2, 4, 8]);
  let lost = draft.lost;
  let any = false;
  for (const file of draft.files) {
    const lines = file.hunks.flatMap((hunk) => hunk.lines);
    const tabbed = lines.filter((line) => line.text.startsWith('\t'));
    any ||= tabbed.length > 0;
    const added = tabbed.filter((line) => line.mark === '+');
    lost ||= isNew(file) && tabbed.length > 0;
    lost ||= added.length > 0 && !tabbed.some((line) => line.mark !== '+' && line.text.trim() !== '');
    lost ||=
      added.some((line) => /^\t+ /.test(line.text)) ||
      lines.some((line) => line.mark === '+' && /^ +\S/.test(line.text));
  }
  if (!any) return null;
  return mapLines({ ...draft, damaged: true, lost }, (line) => ({
    ...line,
    text: line.text.replace(/^\t+/, (tabs) => ' '.repeat(width * tabs.length)),
  }));
};

/** Leading blanks become tabs; determined where each added line's indent is whole tabs and an old line shows the width. */
export const blanksToTabs: Corrupt = (draft, random) => {
  const width = random.pick([2, 4]);
  let lost = draft.lost;
  let any = false;
  for (const file of draft.files) {
    const lines = file.hunks.flatMap((hunk) => hunk.lines);
    const deep = lines.filter((line) => indentOf(line) >= width);
    any ||= deep.length > 0;
    const added = deep.some((line) => line.mark === '+');
    lost ||= isNew(file) && added;
    lost ||= added && !deep.some((line) => line.mark !== '+' && line.text.trim() !== '');
    lost ||= lines.some((line) => line.text.includes('\t'));
  }
  if (!any) return null;
  return mapLines({ ...draft, damaged: true, lost }, (line) => {
    const tabs = Math.floor(indentOf(line) / width);
    return { ...line, text: '\t'.repeat(tabs) + line.text.slice(tabs * width) };
  });
};

/** Blanks at the start; a line with a tab among them stays as it is. */
function indentOf({ text }: ModelLine): number {
  const indent = /^\s*/.exec(text)?.[0] ?? '';
  return text.trim() === '' || indent.includes('\t') ? 0 : indent.length;
}

/** One context line of a hunk is remembered a little wrong, and is no other line of the file. */
export const misremembered: Corrupt = (draft, random) => {
  let any = false;
  const result = mapHunks(draft, (hunk, file) => {
    const base = new Set(baseLines(draft.commit, sourceOf(file)).map((line) => line.trim()));
    const changed = misremember(hunk, base, random);
    any ||= changed !== null;
    return changed ?? hunk;
  });
  return any ? { ...result, damaged: true } : null;
};

function misremember(hunk: ModelHunk, base: ReadonlySet<string>, random: Random): ModelHunk | null {
  const telling = hunk.lines.flatMap((line, at) =>
    line.mark !== '+' && (line.text.match(/\w/g)?.length ?? 0) >= 3 ? [at] : [],
  );
  const context = telling.filter(
    (at) => hunk.lines[at]?.mark === ' ' && (hunk.lines[at]?.text.trim().length ?? 0) >= 8,
  );
  if (telling.length < 3 || context.length === 0) return null;
  const at = random.pick(context);
  const line = hunk.lines[at];
  const text = line === undefined ? '' : twisted(line.text, random);
  if (line === undefined || base.has(text.trim()) || text === line.text) return null;
  return { ...hunk, lines: hunk.lines.with(at, { ...line, text, odd: true }) };
}

/** As memory does it: a letter lost, a word swapped, a quote turned, a comment's end dropped. At most a third changes. */
function twisted(text: string, random: Random): string {
  const words = [...text.matchAll(/[A-Za-z_]{3,12}/g)].filter(([word]) => word.length * 3 <= text.trim().length);
  const match = words.length === 0 ? undefined : random.pick(words);
  const ways = [
    text.includes("'") ? text.replaceAll("'", '"') : text.replaceAll('"', "'"),
    match === undefined
      ? text
      : text.slice(0, match.index) + match[0].slice(0, -1) + text.slice(match.index + match[0].length),
    match === undefined
      ? text
      : text.slice(0, match.index) + random.pick(['value', 'data', 'item']) + text.slice(match.index + match[0].length),
    text.slice(0, Math.ceil(text.length * 0.8)),
    `${text};`,
  ].filter((way) => way.trim() !== text.trim());
  return ways.length === 0 ? text : random.pick(ways);
}

/** A whole hunk with its outer indent gone. */
export const outdented: Corrupt = (draft) => {
  let any = false;
  const result = mapHunks(draft, (hunk, file) => {
    const full = hunk.lines.filter((line) => line.text.trim() !== '');
    const shared = Math.min(...full.map((line) => /^ */.exec(line.text)?.[0].length ?? 0));
    const old = full.some((line) => line.mark !== '+');
    if (isNew(file) || !old || shared < 2 || !Number.isFinite(shared)) return hunk;
    any = true;
    return {
      ...hunk,
      lines: hunk.lines.map((line) => ({
        ...line,
        text: line.text.trim() === '' ? line.text : line.text.slice(shared),
      })),
    };
  });
  return any ? { ...result, damaged: true } : null;
};
