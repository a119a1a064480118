/** The new content of a file, made from the base's own lines and the added ones. */
import { type BaseText, returnFor, withoutMark } from '../plan/base-text.ts';
import { withoutReturn } from '../byte-text.ts';
import { type HunkLine, oldLines } from '../edit.ts';
import { finalNewline } from './final-newline.ts';
import { isLossy, type OldLine, restoreBytes } from './restore-bytes.ts';
import { type Placed, type Reindent, reindented, reindentFor } from './reindent.ts';

/** A line of the result, with its `\n` if it has one; `from` = its index in the base, null if it is added. */
export interface ResultLine {
  readonly text: string;
  readonly from: number | null;
}

export type Regenerated =
  | { readonly kind: 'lines'; readonly lines: readonly ResultLine[] }
  /** Two hunks change the same lines or add at the same point. */
  | { readonly kind: 'conflict'; readonly hunk: number; readonly with: number }
  /** The last line is replaced by itself. */
  | { readonly kind: 'unknown_newline'; readonly hunk: number }
  /** The white space of an added line can't be known, or which bytes its U+FFFD stand for. */
  | { readonly kind: 'unknown_space' | 'unknown_byte'; readonly hunk: number; readonly line: string };

const mostLossy = 20;

interface Added {
  readonly line: HunkLine;
  readonly text: string;
  readonly hunk: number;
  /** Its hunk fits byte for byte, so its line ending is meant. */
  readonly exact: boolean;
}

interface Edits {
  /** Base index → the hunk that removes it. */
  readonly removed: Map<number, number>;
  /** Base index → what is added before it; the file's length = at its end. */
  readonly added: Map<number, Added[]>;
}

/** Ways to read the same text. The first two only a checksum may choose (prove.ts). */
export interface Variant {
  readonly newline?: 'other';
  /** Or with each so many blanks of it as a tab, or each tab as so many blanks. */
  readonly indent?: 'as written' | { readonly blanks: number } | { readonly tabs: number };
  /** The text has no way to say whether the file ends with a newline, so it ends as the base does. */
  readonly ending?: 'of the base';
}

export function regenerate(base: BaseText, placed: readonly Placed[], variant: Variant = {}): Regenerated {
  const edits: Edits = { removed: new Map(), added: new Map() };
  const { indent } = variant;
  const reindent = indent === undefined ? reindentFor(base, placed) : (line: string) => reindented(line, indent);
  for (const [hunk, each] of placed.entries()) {
    const problem = collect(edits, base, { ...each, hunk }, reindent);
    if (problem !== null) return problem;
  }
  const lines: Line[] = [];
  for (let at = 0; at <= base.lines.length; at += 1) {
    for (const added of edits.added.get(at) ?? []) lines.push({ text: added.text, from: null, added });
    if (at < base.lines.length && !edits.removed.has(at))
      lines.push({ text: base.lines[at] ?? '', from: at, added: null });
  }
  const last = lines.at(-1);
  const owner = last?.added ? placed[last.added.hunk] : undefined;
  const closed = finalNewline(base, last?.from ?? null, last?.added && owner ? { line: last.added.line, owner } : null);
  if (closed === null && variant.newline === undefined && variant.ending === undefined) {
    return { kind: 'unknown_newline', hunk: last?.added?.hunk ?? 0 };
  }
  const ends = variant.ending === undefined ? (closed === true) === (variant.newline === undefined) : !base.open;
  return { kind: 'lines', lines: withNewlines(base, keepMark(base, lines), ends) };
}

type Owned = Placed & { readonly hunk: number };

function collect(edits: Edits, base: BaseText, owned: Owned, reindent: Reindent): Regenerated | null {
  let at = owned.place.start;
  const exact = owned.place.fit === 'exact' && owned.place.odd === null && owned.body.some((line) => line.op !== 'add');
  let olds: readonly OldLine[] | null = null;
  for (const line of owned.body) {
    const other = line.op === 'keep' ? undefined : clash(edits, line, at, owned.hunk);
    if (other !== undefined) return { kind: 'conflict', hunk: owned.hunk, with: other };
    if (line.op === 'add') {
      const spaced = reindent(line.text, owned, at);
      const lossy = spaced !== null && base.lossy && isLossy(spaced);
      if (lossy) olds ??= lossyLines(base, owned);
      const text = lossy ? restoreBytes(spaced, olds ?? []) : spaced;
      if (text === null) return { kind: lossy ? 'unknown_byte' : 'unknown_space', hunk: owned.hunk, line: line.text };
      const list = edits.added.get(at) ?? [];
      edits.added.set(at, list);
      list.push({ line, text: exact ? text : adopt(text, base, at), hunk: owned.hunk, exact });
      continue;
    }
    if (line.op === 'remove') edits.removed.set(at, owned.hunk);
    at += 1;
  }
  return null;
}

/** Old lines with such bytes: the removed ones, else all. Too many say nothing. */
function lossyLines(base: BaseText, { body, place }: Placed): readonly OldLine[] {
  const olds = oldLines(body).map(({ op }, index) => {
    const at = place.start + index;
    return { op, raw: withoutMark(base.lines[at] ?? ''), shown: base.shown[at] ?? '' };
  });
  const lossy = olds.filter(({ shown }) => isLossy(shown));
  const removed = lossy.filter(({ op }) => op === 'remove');
  const chosen = removed.length > 0 ? removed : lossy;
  return chosen.length > mostLossy ? [] : chosen;
}

function clash(edits: Edits, line: HunkLine, at: number, hunk: number): number | undefined {
  if (line.op === 'remove') return edits.removed.get(at);
  const first = edits.added.get(at)?.[0];
  return first === undefined || first.hunk === hunk ? undefined : first.hunk;
}

/** The line ending is the file's, not the model's. */
function adopt(text: string, base: BaseText, at: number): string {
  return withoutReturn(text) + returnFor(base, base.lines[at - 1] ?? base.lines[at]);
}

/** A byte order mark stays where it was, at the start of the file: models are not shown it. */
function keepMark<T extends ResultLine>(base: BaseText, lines: readonly T[]): readonly T[] {
  const [old = ''] = base.lines;
  const mark = old.slice(0, old.length - withoutMark(old).length);
  const [first] = lines;
  if (mark === '' || first === undefined || first.text.startsWith(mark)) return lines;
  return lines.map((line, at) => {
    if (at === 0) return { ...line, text: mark + line.text };
    return line.from === 0 ? { ...line, text: withoutMark(line.text), from: null } : line;
  });
}

interface Line extends ResultLine {
  readonly added: Added | null;
}

/** Every line but the last gets its `\n`; a base line that gains or loses one counts as added. */
function withNewlines(base: BaseText, lines: readonly Line[], closed: boolean): readonly ResultLine[] {
  return lines.map(({ text, from, added }, index) => {
    const ends = index < lines.length - 1 || closed;
    const wasOpen = base.open && from === base.lines.length - 1;
    if (from !== null && ends !== wasOpen) return { text: ends ? `${text}\n` : text, from };
    if (ends) return { text: `${text}${wasOpen ? returnFor(base, base.lines[0]) : ''}\n`, from: null };
    // A `\r` is part of a line ending: without one there is none.
    return { text: added?.exact === true ? text : withoutReturn(text), from: null };
  });
}
