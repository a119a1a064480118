/** Changes that people make to a file, as functions from its lines to new lines. */
import type { Random } from './random.ts';
import { words } from './words.ts';

export type LineEdit = (lines: readonly string[], random: Random) => readonly string[] | null;

/** Between one and four lines changed in place, far apart or close. */
const changeLines: LineEdit = (lines, random) => {
  const result = [...lines];
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    const at = anyLine(lines, random);
    if (at !== null) result[at] = changed(lines[at] ?? '', random);
  }
  return result;
};

/** A few new lines with the indent of the line before them. */
const insertLines: LineEdit = (lines, random) => {
  const at = random.below(lines.length + 1);
  const indent = /^\s*/.exec(lines[at - 1] ?? lines[at] ?? '')?.[0] ?? '';
  return lines.toSpliced(at, 0, ...fresh(lines, indent, random, 1 + random.below(5)));
};

const deleteLines: LineEdit = (lines, random) =>
  lines.length < 6 ? null : lines.toSpliced(random.below(lines.length - 4), 1 + random.below(4));

const replaceBlock: LineEdit = (lines, random) => {
  if (lines.length < 8) return null;
  const at = random.below(lines.length - 5);
  const indent = /^\s*/.exec(lines[at] ?? '')?.[0] ?? '';
  return lines.toSpliced(at, 1 + random.below(5), ...fresh(lines, indent, random, 1 + random.below(6)));
};

/** The same edit wherever a word stands: many hunks. */
const renameWord: LineEdit = (lines, random) => {
  const at = anyLine(lines, random);
  const word = random.pick((lines[at ?? 0] ?? '').match(/[A-Za-z_]{4,}/g) ?? ['']);
  return word === '' ? null : lines.map((line) => line.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), `${word}New`));
};

/** A copy of a block with a word changed, put behind it: everything around it repeats. */
const copyBlock: LineEdit = (lines, random) => {
  if (lines.length < 12) return null;
  const at = random.below(lines.length - 10);
  const block = lines.slice(at, at + 4 + random.below(6));
  return lines.toSpliced(
    at + block.length,
    0,
    ...block.map((line) => (random.chance(0.3) ? changed(line, random) : line)),
  );
};

/** A block gets one level deeper. */
const indentBlock: LineEdit = (lines, random) => {
  if (lines.length < 10) return null;
  const unit = lines.some((line) => line.startsWith('\t')) ? '\t' : '    ';
  const at = random.below(lines.length - 5);
  const to = at + 2 + random.below(3);
  return lines.map((line, index) => (index >= at && index < to && line.trim() !== '' ? unit + line : line));
};

const appendLines: LineEdit = (lines, random) => [...lines, '', ...fresh(lines, '', random, 1 + random.below(6))];

const prependLine: LineEdit = (lines, random) => [...fresh(lines, '', random, 1), ...lines];

const blankLines: LineEdit = (lines, random) => {
  const blanks = lines.flatMap((line, at) => (line === '' ? [at] : []));
  if (blanks.length > 3 && random.chance(0.5)) return lines.toSpliced(random.pick(blanks), 1);
  return lines.toSpliced(random.below(lines.length), 0, '');
};

const cleanLine: LineEdit = (lines) => {
  const at = lines.findIndex((line) => /\S[ \t]+$/.test(line));
  return at === -1 ? null : lines.with(at, (lines[at] ?? '').trimEnd());
};

const two =
  (first: LineEdit, second: LineEdit): LineEdit =>
  (lines, random) => {
    const once = first(lines, random);
    return once === null ? null : second(once, random);
  };

export const lineEdits: readonly LineEdit[] = [
  changeLines,
  changeLines,
  changeLines,
  insertLines,
  insertLines,
  deleteLines,
  replaceBlock,
  replaceBlock,
  renameWord,
  copyBlock,
  indentBlock,
  appendLines,
  prependLine,
  blankLines,
  cleanLine,
  two(insertLines, changeLines),
  two(replaceBlock, prependLine),
  two(deleteLines, insertLines),
  two(insertLines, insertLines),
];

function anyLine(lines: readonly string[], random: Random): number | null {
  for (let tries = 0; tries < 20; tries += 1) {
    const at = random.below(lines.length);
    if (/\w{2}/.test(lines[at] ?? '')) return at;
  }
  return null;
}

function changed(line: string, random: Random): string {
  const { noun, number } = words(random);
  const found = [...line.matchAll(/\w+/g)];
  const match = found.length === 0 ? undefined : random.pick(found);
  if (match === undefined) return `${line}${noun}`;
  const put = /^\d+$/.test(match[0])
    ? String(number)
    : random.pick([noun, `${match[0]}_${number}`, `${noun}${match[0]}`]);
  return line.slice(0, match.index) + put + line.slice(match.index + match[0].length);
}

/** New text that looks like the file: some of its own lines with a word changed, and blank lines. */
function fresh(lines: readonly string[], indent: string, random: Random, count: number): readonly string[] {
  return Array.from({ length: count }, () => {
    if (random.chance(0.1)) return '';
    const like = anyLine(lines, random);
    return indent + changed((lines[like ?? 0] ?? '').trim(), random);
  });
}
