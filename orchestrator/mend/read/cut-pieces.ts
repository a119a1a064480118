/** Cuts an answer into fenced blocks, SEARCH/REPLACE blocks and the text between them. Nothing is judged here. */
import { indentOf, trimEnd, withoutReturn } from '../byte-text.ts';
import { closeOf, type FenceLine, fenceLine } from './fences.ts';

export interface Fence {
  readonly info: string;
  /** The last line with text before the fence. */
  readonly before: string;
  /** The next fence line after the closing one: an unlabelled one means that the block may have been cut short. */
  readonly next: { readonly info: string; readonly before: string } | null;
  /** It follows a bare diff: it may be a line of that diff which has lost its mark. */
  readonly inDiff: boolean;
}

export interface TextPiece {
  readonly kind: 'text';
  readonly lines: readonly string[];
  readonly fence: Fence | null;
}

export interface ReplacePiece {
  readonly kind: 'replace';
  /** Everything between the markers. */
  readonly lines: readonly string[];
  /** Lines that may be the divider. */
  readonly dividers: readonly number[];
  /** Lines that may name the file, the nearest first; empty = the file of the block before. */
  readonly labels: readonly string[];
}

/** A block that starts and is never finished: it must not be left out silently. */
export interface BrokenPiece {
  readonly kind: 'broken';
  readonly problem: string;
}

export type Piece = TextPiece | ReplacePiece | BrokenPiece;

const searchMarker = /^<{5,9} ?(?:SEARCH|ORIGINAL)(?:[ :]+(\S.{0,300}))?$/;
const replaceMarker = /^>{5,9} ?(?:REPLACE|UPDATED)$/;
const divider = /^={5,9}$/;
const diffStart = /^(?:@@|diff --git |--- \S|\+\+\+ \S)/;

export function cutPieces(lines: readonly string[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let inDiff = false;
  let bare = false;
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const block = blockAt(lines, at);
    // A line of a bare diff that shows a fence (" ```") is no fence.
    const fence = inDiff && /^[ +\\-]/.test(line) ? null : fenceLine(line);
    if (block === null && fence === null) {
      bare ||= diffStart.test(line);
      inDiff = diffStart.test(line) || (inDiff && /^(?:[ +@\\-]|\r?$)/.test(line));
      at += 1;
      continue;
    }
    const before = lines.slice(from, at);
    if (before.length > 0) pieces.push({ kind: 'text', lines: before, fence: null });
    if (block !== null) {
      pieces.push(replacePiece(block, [lastText(lines, at)]));
      at = block.end;
    } else if (fence !== null) {
      const { end, after } = closeOf(lines, at, fence);
      for (const piece of fencePieces(lines, { at, end, after, inDiff: bare }, fence)) pieces.push(piece);
      at = after;
    }
    from = at;
    inDiff = false;
  }
  if (from < lines.length) pieces.push({ kind: 'text', lines: lines.slice(from), fence: null });
  return pieces;
}

interface Span {
  readonly at: number;
  readonly end: number;
  readonly after: number;
  readonly inDiff: boolean;
}

function fencePieces(lines: readonly string[], span: Span, opener: FenceLine): readonly Piece[] {
  const inner = received(lines, span.at, span.at + 1, span.end).map((line) => dedent(line, opener.indent));
  const fence = {
    info: opener.info,
    before: lastText(lines, span.at),
    next: nextFence(lines, span.after),
    inDiff: span.inDiff,
  };
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = 0; at < inner.length; ) {
    const block = blockAt(inner, at);
    if (block === null) {
      at += 1;
      continue;
    }
    const own = lastText(inner.slice(from, at), at - from);
    pieces.push(replacePiece(block, from === 0 ? [own, fence.info, fence.before] : [own]));
    at = block.end;
    from = at;
  }
  return pieces.length > 0 ? pieces : [{ kind: 'text', lines: inner, fence }];
}

interface Block {
  /** What stands behind the SEARCH marker. */
  readonly named: string;
  readonly lines: readonly string[] | null;
  readonly end: number;
}

function blockAt(lines: readonly string[], at: number): Block | null {
  if (!marks(lines[at], searchMarker)) return null;
  let end = at + 1;
  while (end < lines.length && !marks(lines[end], replaceMarker) && !marks(lines[end], searchMarker)) end += 1;
  const closed = marks(lines[end], replaceMarker);
  const named = searchMarker.exec(trimEnd(lines[at] ?? ''))?.[1] ?? '';
  return { named, lines: closed ? received(lines, at, at + 1, end) : null, end: closed ? end + 1 : end };
}

function replacePiece(block: Block, labels: readonly string[]): Piece {
  if (block.lines === null) return { kind: 'broken', problem: 'A SEARCH block is never closed by ">>>>>>> REPLACE".' };
  const dividers = block.lines.flatMap((line, index) => (marks(line, divider) ? [index] : []));
  if (dividers.length === 0) return { kind: 'broken', problem: 'A SEARCH block has no "=======" line.' };
  const all = [block.named, ...labels].filter((label) => label !== '');
  return { kind: 'replace', lines: block.lines, dividers, labels: all };
}

/** If a line that is no content ends with `\r`, the answer came with such line ends: they are no content either. */
export function received(lines: readonly string[], frame: number, from: number, to: number): readonly string[] {
  const inner = lines.slice(from, to);
  return lines[frame]?.endsWith('\r') === true ? inner.map(withoutReturn) : inner;
}

function marks(line: string | undefined, pattern: RegExp): boolean {
  return line !== undefined && line.length < 400 && pattern.test(trimEnd(line));
}

/** A block in a list is indented as a whole; a diff's own first column must not be touched, so only the fence's own indent goes. */
function dedent(line: string, indent: number): string {
  return line.slice(Math.min(indent, indentOf(line).length));
}

function lastText(lines: readonly string[], before: number): string {
  for (let at = before - 1; at >= Math.max(0, before - 4); at -= 1) {
    const text = trimEnd(lines[at] ?? '');
    if (text !== '') return text;
  }
  return '';
}

function nextFence(lines: readonly string[], from: number): Fence['next'] {
  for (let at = from; at < lines.length; at += 1) {
    const fence = fenceLine(lines[at] ?? '');
    if (fence !== null) return { info: fence.info, before: lastText(lines, at) };
  }
  return null;
}
