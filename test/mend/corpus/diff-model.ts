/** A diff of git's as data, and back to text: exactly as it was, or in the ways that models write one. */
export interface ModelLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
  /** "\ No newline at end of file" follows. */
  readonly open: boolean;
  /** A context line that was changed on purpose: it says nothing about the place. */
  readonly odd?: boolean;
  /** What is written in place of `text`; null = nothing. */
  readonly shown?: string | null;
  /** Left out, or dots in its place. */
  readonly elided?: boolean;
  /** Written without its mark. */
  readonly unmarked?: boolean;
}

export interface ModelHunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  readonly heading: string;
  readonly lines: readonly ModelLine[];
  /** A blank line comes before it. */
  readonly gap?: boolean;
}

export interface ModelFile {
  /** Lines from `diff --git` to before `---`. */
  readonly header: readonly string[];
  /** After `--- ` and `+++ `; null = the file has no hunks. */
  readonly labels: readonly [old: string, new: string] | null;
  readonly hunks: readonly ModelHunk[];
}

export interface Style {
  readonly hunkHeader: 'numbers' | 'bare' | 'dots' | 'heading';
  /** `diff --git`, `index` and the other extended header lines. */
  readonly gitLines: boolean;
  readonly prefix: 'ab' | 'none' | 'dot' | 'ab-dot' | 'double' | 'dated' | 'quoted';
  /** Blank context lines keep their blank. */
  readonly blankMarks: boolean;
  /** Other context lines keep theirs. */
  readonly contextMarks: boolean;
  readonly newlineMarks: boolean;
}

export const plain: Style = {
  hunkHeader: 'numbers',
  gitLines: true,
  prefix: 'ab',
  blankMarks: true,
  contextMarks: true,
  newlineMarks: true,
};

const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/;

/** Reads what `git diff` wrote; byte text. */
export function readModel(diff: string): readonly ModelFile[] {
  return diff
    .split(/^(?=diff --git )/m)
    .filter((part) => part !== '')
    .map(readFile);
}

function readFile(part: string): ModelFile {
  const lines = part.split('\n').slice(0, -1);
  const labelAt = lines.findIndex((line) => line.startsWith('--- '));
  if (labelAt === -1) return { header: lines, labels: null, hunks: [] };
  const hunks: { -readonly [Key in keyof ModelHunk]: ModelHunk[Key] }[] = [];
  for (const line of lines.slice(labelAt + 2)) {
    const match = hunkHeader.exec(line);
    const last = hunks.at(-1);
    if (match !== null) {
      const [, oldStart, oldCount = '1', newStart, newCount = '1', heading = ''] = match;
      hunks.push({
        oldStart: Number(oldStart),
        oldCount: Number(oldCount),
        newStart: Number(newStart),
        newCount: Number(newCount),
        heading,
        lines: [],
      });
    } else if (last !== undefined && line.startsWith('\\')) {
      last.lines = last.lines.map((each, at) => (at === last.lines.length - 1 ? { ...each, open: true } : each));
    } else if (last !== undefined) {
      last.lines = [...last.lines, { mark: markOf(line), text: line.slice(1), open: false }];
    }
  }
  return { header: lines.slice(0, labelAt), labels: [labelOf(lines[labelAt]), labelOf(lines[labelAt + 1])], hunks };
}

function markOf(line: string): ModelLine['mark'] {
  return line.startsWith('+') ? '+' : line.startsWith('-') ? '-' : ' ';
}

function labelOf(line: string | undefined): string {
  return (line ?? '').slice(4);
}

export function writeModel(files: readonly ModelFile[], style: Style): string {
  return files.map((file) => writeFile(file, style)).join('');
}

function writeFile({ header, labels, hunks }: ModelFile, style: Style): string {
  const names = labels === null ? [] : [`--- ${styled(labels[0], style)}`, `+++ ${styled(labels[1], style)}`];
  const top = style.gitLines ? header.map((line) => styledHeader(line, style)) : [];
  return [...top, ...names].map((line) => `${line}\n`).join('') + hunks.map((hunk) => writeHunk(hunk, style)).join('');
}

export function writeHunk(hunk: ModelHunk, style: Style): string {
  return `${hunk.gap === true ? '\n' : ''}${hunkLine(hunk, style)}\n${hunk.lines.map((line) => writeLine(line, style)).join('')}`;
}

function hunkLine({ oldStart, oldCount, newStart, newCount, heading }: ModelHunk, style: Style): string {
  const tail = heading === '' ? '' : ` ${heading}`;
  switch (style.hunkHeader) {
    case 'numbers':
      return `@@ -${range(oldStart, oldCount)} +${range(newStart, newCount)} @@${tail}`;
    case 'bare':
      return '@@';
    case 'dots':
      return '@@ ... @@';
    case 'heading':
      return `@@${tail} @@`;
  }
}

function range(start: number, count: number): string {
  return count === 1 ? String(start) : `${start},${count}`;
}

export function writeLine(line: ModelLine, style: Style): string {
  const { mark, open, shown } = line;
  if (shown === null) return '';
  if (line.elided === true) return `${shown ?? ''}\n`;
  if (line.unmarked === true) return '\n';
  const text = shown ?? line.text;
  const kept = mark !== ' ' || (text === '' || text === '\r' ? style.blankMarks : style.contextMarks);
  const written = kept ? `${mark}${text}\n` : `${text}\n`;
  return open && style.newlineMarks ? `${written}\\ No newline at end of file\n` : written;
}

function styledHeader(line: string, style: Style): string {
  const names = /^diff --git (a\/.*) (b\/.*)$/.exec(line);
  return names === null || style.prefix === 'dated'
    ? line
    : `diff --git ${styled(names[1] ?? '', style)} ${styled(names[2] ?? '', style)}`;
}

function styled(label: string, { prefix }: Style): string {
  if (!/^[ab]\//.test(label)) return label;
  switch (prefix) {
    case 'ab':
      return label;
    case 'none':
      return label.slice(2);
    case 'dot':
      return `./${label.slice(2)}`;
    case 'ab-dot':
      return `${label.slice(0, 2)}./${label.slice(2)}`;
    case 'double':
      return `${label.slice(0, 2)}/${label.slice(2)}`;
    case 'dated':
      return `${label.replace(/\t$/, '')}\t2024-05-06 07:08:09.000000000 +0200`;
    case 'quoted':
      return `"${label.replace(/\t$/, '')}"`;
  }
}

/** The path that a file's part of the diff is about (the old one of a deleted file). */
export function pathOf({ header, labels }: ModelFile): string {
  const label =
    labels === null ? (header[0]?.split(' b/')[1] ?? '') : labels[1] === '/dev/null' ? labels[0] : labels[1];
  return label.replace(/\t$/, '').replace(/^[ab]\//, '');
}
