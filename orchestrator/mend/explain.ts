/** The reason of a refusal, written for the model that has to do better: what was not found, what is there instead. */
import type { BaseText } from './plan/base-text.ts';
import { isBlank, looseKey, readable, trimEnd } from './byte-text.ts';
import type { Choice } from './place/decide.ts';
import { type HunkLine, oldLines } from './edit.ts';
import type { Finding, Torn } from './place/find-hunk.ts';
import type { Located } from './place/locate.ts';
import type { Meter } from '../text/meter.ts';
import { nearestLines } from './nearest.ts';

/** Bytes of the whole reason, about. */
const longestReason = 4_000;
const longestLine = 160;
const mostLines = 6;
const mostComplaints = 8;

export interface Explanation {
  readonly code: 'diff_not_applicable' | 'diff_ambiguous';
  readonly reason: string;
}

/** Null if every hunk has its place. */
export function explain(files: readonly Located[], meter: Meter): Explanation | null {
  const bad: string[] = [];
  const fine: string[] = [];
  let count = 0;
  let missing = false;
  for (const file of files) {
    for (const [at, choice] of file.choices.entries()) {
      const name = `${readable(file.path).slice(0, 200)}, hunk ${at + 1} of ${file.choices.length}`;
      const finding = file.findings[at];
      missing ||= choice.kind === 'missing';
      if (choice.kind === 'placed' || finding === undefined) {
        fine.push(name);
        continue;
      }
      count += 1;
      if (count <= mostComplaints) bad.push(`${name}: ${complaint(file.base, finding, choice, meter)}`);
    }
  }
  if (count === 0) return null;
  const rest = fine.length === 0 ? 'No hunk was fine.' : `These were fine: ${fine.join('; ')}.`;
  const code = missing ? 'diff_not_applicable' : 'diff_ambiguous';
  return { code, reason: bounded(bad, count, `Nothing was applied. ${rest}`) };
}

function bounded(bad: readonly string[], count: number, end: string): string {
  const tail = end.length > 800 ? `${end.slice(0, 800)} …` : end;
  const told: string[] = [];
  let room = longestReason - Buffer.byteLength(tail) - 60;
  for (const each of bad) {
    room -= Buffer.byteLength(each) + 1;
    if (room < 0 && told.length > 0) break;
    told.push(each.slice(0, longestReason - 1_000));
  }
  const more = count > told.length ? [`And ${count - told.length} more hunks that have no place.`] : [];
  return [...told, ...more, tail].join('\n');
}

function complaint(
  base: BaseText,
  finding: Finding,
  choice: Exclude<Choice, { kind: 'placed' }>,
  meter: Meter,
): string {
  switch (choice.kind) {
    case 'missing':
      return notFound(base, finding, meter);
    case 'several':
      return several(base, finding, choice.starts);
    case 'anchorless':
      return 'it has no context and no removed line, so nothing says where it belongs. Give three lines of context.';
    case 'contradicted':
      return (
        `its lines stand at line ${choice.start + 1}, but its header says ${choice.stated + 1}, where almost the same ` +
        `lines stand: one of the two is wrong. Copy the context exactly, or give the right number.`
      );
    case 'torn':
      return torn(choice.by);
  }
}

function torn(by: Torn): string {
  switch (by) {
    case 'end':
      return 'it is unclear which lines belong to it: its header and its lines do not agree. Mark every line, blank ones too.';
    case 'divider':
      return 'its text holds a line "=======" too, and it is unclear which one ends SEARCH. Send a diff, or choose lines without it.';
    case 'marks':
      return 'its lines are indented otherwise than in the file, by an amount that is unclear. Copy the indent exactly.';
    case 'listing':
      return 'its lines start with numbers as in a listing, and it is unclear whether these belong to them. Leave line numbers out.';
    case 'space':
      return 'SEARCH and REPLACE are the same, and the file has other white space there. Leave the block out, or send a diff.';
  }
}

function several(base: BaseText, { body }: Finding, starts: readonly number[]): string {
  const places = starts.slice(0, 8).map((start) => start + 1);
  const where =
    places.length === 0 ? 'in very many places' : `at lines ${places.join(', ')}${starts.length > 8 ? ', …' : ''}`;
  const lines = oldLines(body).slice(0, mostLines).map(shown);
  const apart = places.slice(0, 4).map((line) => `  line ${line} comes after: ${before(base, line - 1)}`);
  const what = `its lines stand ${where} of ${base.lines.length}, and nothing says which is meant.`;
  return [`${what} Give more context, up to a line that differs.`, ...lines, ...apart].join('\n');
}

/** The last line with text before a place. */
function before({ lines }: BaseText, start: number): string {
  const line = lines.slice(Math.max(0, start - 50), start).findLast((each) => !isBlank(each));
  return line === undefined ? '(the start of the file)' : cut(line);
}

function notFound(base: BaseText, { body, hunk }: Finding, meter: Meter): string {
  const old = oldLines(body);
  const absent = old.filter(({ text }) => base.loose.idOf(text) === undefined);
  const stated = hunk.stated === null ? null : hunk.stated.oldStart - 1;
  const near = nearestLines(base, old, stated, meter).map(
    (at) => `  ${at + 1}: ${cut(base.lines[at] ?? '')}${absent.length === 0 || isAmong(base, at, old) ? '' : '   <-'}`,
  );
  const what =
    absent.length > 0
      ? `these lines are not in the file:\n${absent.slice(0, mostLines).map(shown).join('\n')}`
      : 'each of its lines is in the file, but they do not stand together in this order.';
  const more = absent.length > mostLines ? `\n  (and ${absent.length - mostLines} more)` : '';
  return `${what}${more}${near.length > 0 ? `\nNearest in the file (line numbers are no part of it, "<-" marks what the hunk lacks):\n${near.join('\n')}` : ''}`;
}

function isAmong(base: BaseText, at: number, old: readonly HunkLine[]): boolean {
  const key = looseKey(base.lines[at] ?? '');
  return old.some(({ text }) => looseKey(text) === key);
}

function shown({ op, text }: HunkLine): string {
  return `  ${op === 'remove' ? '-' : ' '}${cut(text)}`;
}

/** Control characters would let a file's text pass for something else in a log. */
function cut(text: string): string {
  const line = Array.from(readable(trimEnd(text)).slice(0, longestLine), (char) => {
    const code = char.charCodeAt(0);
    return (code < 32 && char !== '\t') || (code > 126 && code < 160) ? '\uFFFD' : char;
  }).join('');
  return text.length > longestLine ? `${line}…` : line;
}
