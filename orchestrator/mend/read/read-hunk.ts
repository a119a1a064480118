/**
 * The lines of one hunk. Its counts may be wrong, its blank lines may have lost their blank, prose may follow: so
 * there can be several readings, and the base decides which is right. The reading that keeps most comes first, because
 * a reading that is too short would lose a part of the change without a word.
 */
import { isBlank, trim, withoutReturn } from '../byte-text.ts';
import { isBoundary, isFileHeader, isGitHeader, isHunkHeader } from './boundary.ts';
import { withoutLineNumbers } from './line-numbers.ts';
import { withAddedBlanks } from './added-blanks.ts';
import { type Body, changesNothing, type Hunk, type HunkLine, type Stated } from '../edit.ts';

export interface ReadHunk {
  readonly hunk: Hunk;
  /** The first line after the hunk. */
  readonly next: number;
}

const header = /^@@+ *(?:-(\d{1,9})(?:,(\d{1,9}))? +\+(\d{1,9})(?:,(\d{1,9}))?)?(.*)$/;
const headingEnds = /^[\s.,\-+\d]*@@+|^[\s.,\-+\d]+$|@@+\s*$/g;

/** `at` is the hunk header, or the first line of a hunk that has none. `fenced`: prose ends with the fence. */
export function readHunk(lines: readonly string[], at: number, fenced: boolean): ReadHunk {
  const { stated, heading } = readHeader(lines[at] ?? '');
  const first = isHeader(lines[at] ?? '') ? at + 1 : at;
  const end = endOfExtent(lines, first);
  const counted = stated === null ? null : endByCounts(lines, first, stated);
  const ends = candidateEnds(lines, { first, end, counted }, fenced);
  const bodies = distinct(ends.flatMap((stop) => readings(lines.slice(first, stop), stop === counted)));
  const listed = distinct(ends.flatMap((stop) => listing(lines.slice(first, stop))));
  const exact = counted === null ? null : (readings(lines.slice(first, counted), true)[0] ?? null);
  return {
    hunk: {
      bodies: [...bodies, ...listed],
      counted: exact,
      stated,
      heading,
      unmarked: hasUnmarked(lines.slice(first, end)),
      listed: listed[0] ?? null,
      divided: false,
    },
    next: Math.max(...ends, first),
  };
}

function isHeader(line: string): boolean {
  return line.startsWith('@@');
}

function readHeader(line: string): { readonly stated: Stated | null; readonly heading: string } {
  const match = line.length < 2_000 && isHeader(line) ? header.exec(withoutReturn(line)) : null;
  if (match === null) return { stated: null, heading: '' };
  const [, oldStart, oldCount = '1', newStart, newCount = '1', rest = ''] = match;
  const heading = trim(rest.replace(headingEnds, ''));
  if (oldStart === undefined || newStart === undefined) return { stated: null, heading };
  return { stated: { oldStart: +oldStart, oldCount: +oldCount, newStart: +newStart, newCount: +newCount }, heading };
}

function endOfExtent(lines: readonly string[], first: number): number {
  let end = first;
  while (end < lines.length && !isBoundary(lines, end)) end += 1;
  return end;
}

/** Where the counts are used up exactly, as git reads; null where the lines don't fit them. */
function endByCounts(lines: readonly string[], first: number, stated: Stated): number | null {
  let { oldCount, newCount } = stated;
  let at = first;
  while (oldCount > 0 || newCount > 0) {
    const line = lines[at];
    // A removed "-- a/x" and an added "++ b/x" at the end of a hunk are far rarer than counts that are one too high.
    if (line === undefined || isHunkHeader(line) || isGitHeader(line) || isFileHeader(lines, at)) return null;
    const mark = line.charAt(0);
    if (mark !== '+' && mark !== '\\') oldCount -= 1;
    if (mark !== '-' && mark !== '\\') newCount -= 1;
    if (oldCount < 0 || newCount < 0) return null;
    at += 1;
  }
  const end = lines[at]?.startsWith('\\') === true ? at + 1 : at;
  // A marked line right behind it: the counts are too low, and hold by accident.
  return /^[ +-]/.test(lines[end] ?? '') && !isBoundary(lines, end) ? null : end;
}

interface Extent {
  readonly first: number;
  readonly end: number;
  readonly counted: number | null;
}

function candidateEnds(lines: readonly string[], { first, end, counted }: Extent, fenced: boolean): readonly number[] {
  const prose = startOfProse(lines, first, end);
  // The counts name an end, and only blank lines or prose follow.
  if (counted !== null && counted <= prose && lines.slice(counted, fenced ? end : prose).every(isBlank)) {
    return [...new Set([counted, first + endOfText(lines.slice(first, counted))])];
  }
  const list = fenced ? prose : startOfList(lines, first, prose);
  const ends = [end, ...(list < prose ? [list] : []), ...(counted === null ? [] : [counted])];
  // To cut at what looks like prose must not lose a change; outside of fences prose has lists.
  const rest = lines.slice(prose, end).filter((line) => /^[+-]/.test(line));
  if (rest.every((line) => !fenced && isListItem(line))) ends.push(prose);
  return [...new Set(ends)].toSorted((a, b) => b - a);
}

/** "- I changed …" after a blank line: read as a list only when the base does not know such a line. */
function startOfList(lines: readonly string[], first: number, end: number): number {
  for (let at = first + 1; at < end; at += 1) {
    if (isListItem(lines[at] ?? '') && withoutReturn(lines[at - 1] ?? '') === '') return at;
  }
  return end;
}

/** As prose has them. A changed line whose text starts with just one blank is rare. */
export function isListItem(line: string): boolean {
  return /^[-+] (?:[A-Za-z`"(]|\*\*)/.test(line);
}

/** The first line that can't belong to a hunk: it has text and no mark. */
function startOfProse(lines: readonly string[], first: number, end: number): number {
  let at = first;
  while (at < end && (/^[ +\-\\]/.test(lines[at] ?? '') || isBlank(lines[at] ?? ''))) at += 1;
  return at;
}

function readings(lines: readonly string[], counted: boolean): readonly Body[] {
  const kept = counted ? lines : lines.slice(0, endOfText(lines));
  const unmarked = kept.some(isUnmarked);
  const body = bodyOf(kept, (line) => (line.startsWith(' ') ? line.slice(1) : line));
  // Where one context line came without its mark, all of them may have; and where each has an indent, it does not show.
  const raw = bodyOf(kept, (line) => line);
  const likely = unmarked ? [raw, body] : [body, raw];
  // The least likely last: it counts only where no other reading stands.
  const filled = withAddedBlanks(body, kept);
  return filled === null ? likely : [...likely, filled];
}

/** Context without its mark; what follows the last change may be prose. */
function hasUnmarked(lines: readonly string[]): boolean {
  return lines.slice(0, lines.findLastIndex((line) => /^[+-]/.test(line)) + 1).some(isUnmarked);
}

function isUnmarked(line: string): boolean {
  return !/^[ +\-\\]/.test(line) && !isBlank(line);
}

/** The lines without the numbers of a listing. */
function listing(lines: readonly string[]): readonly Body[] {
  const body = bodyOf(lines.slice(0, endOfText(lines)), (line) => (line.startsWith(' ') ? line.slice(1) : line));
  const made = withoutLineNumbers(body);
  return made === null ? [] : [made];
}

/** Blank lines at the end are as likely a gap between two parts of the answer as context. */
function endOfText(lines: readonly string[]): number {
  let end = lines.length;
  while (end > 0 && withoutReturn(lines[end - 1] ?? '') === '') end -= 1;
  return end;
}

function bodyOf(lines: readonly string[], context: (line: string) => string): Body {
  const body: HunkLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('\\')) continue;
    const op = line.startsWith('+') ? 'add' : line.startsWith('-') ? 'remove' : 'keep';
    const text = op === 'keep' ? context(line) : line.slice(1);
    body.push({ op, text, open: lines[index + 1]?.startsWith('\\') === true });
  }
  return body;
}

function distinct(bodies: readonly Body[]): readonly Body[] {
  const seen = new Set<string>();
  // A reading without any change would drop what the others see.
  const real = bodies.some((body) => !changesNothing(body));
  return bodies.filter((body) => {
    if (real && changesNothing(body)) return false;
    const key = body.map(({ op, text }) => `${op}${text}`).join('\n');
    if (body.length === 0 || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
