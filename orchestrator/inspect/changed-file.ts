/** The content of what changes, before and after, and which lines were added: from git's objects, not from a diff. */
import type { BareGit, Change } from '../ports/git.ts';
import { matchLines } from '../text/match-lines.ts';
import { openMeter } from '../text/meter.ts';

export interface Line {
  /** Counted from 1 in its file. */
  readonly number: number;
  readonly text: string;
  /** It is the first line, and the file began with a byte order mark before. */
  readonly keepsMark: boolean;
}

export interface ChangedFile {
  readonly path: string;
  /** The path that it had before, where it was moved (moves.ts). */
  readonly from: string | null;
  readonly status: Change['status'];
  /** Null = there is no such file on that side. */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
}

/** A file's lines on both sides, aligned. */
export interface LineChanges {
  readonly removed: readonly Line[];
  readonly added: readonly Line[];
  /** Removed and added lines of one place, in the order in which they follow each other. */
  readonly replaced: readonly (readonly [old: Line, now: Line])[];
}

export interface ComparedFile extends ChangedFile {
  readonly lines: LineChanges;
}

/** Of work on one file; beyond it, what is not known to be old counts as added. */
const steps = 20_000_000;

/** Both sides of every change, in one request; `too much` where they would not fit into memory together. */
export async function readChanged(
  changes: readonly Change[],
  git: BareGit,
): Promise<readonly ChangedFile[] | 'too much'> {
  const ids = changes.flatMap(({ status, oldId, newId }) => [
    ...(status === 'A' ? [] : [oldId]),
    ...(status === 'D' ? [] : [newId]),
  ]);
  const contents = await git.contents(ids);
  if (contents === 'too much') return contents;
  return changes.map(({ path, status, oldId, newId }) => {
    const before = status === 'A' ? null : (contents.get(oldId) ?? null);
    const after = status === 'D' ? null : (contents.get(newId) ?? null);
    return { path, from: null, status, before, after };
  });
}

/** Compared as bytes: two lines are the same only if every byte is. */
export function compare(file: ChangedFile): ComparedFile {
  const [olds, news] = [linesOf(file.before), linesOf(file.after)];
  const matches = matchLines(olds, news, openMeter(steps));
  const isKept = new Uint8Array(olds.length);
  for (const match of matches) if (match !== null) isKept[match] = 1;
  const keepsMark = olds[0]?.startsWith('\xef\xbb\xbf') === true;
  const lineOf = (text: string, at: number): Line => ({
    number: at + 1,
    text: utf8(text),
    keepsMark: keepsMark && at === 0,
  });
  const removed = olds.flatMap((text, at) => (isKept[at] === 1 ? [] : [lineOf(text, at)]));
  const added: Line[] = [];
  const replaced: (readonly [Line, Line])[] = [];
  // The old line that stands, or stood, where the new one is.
  let old = 0;
  for (const [at, match] of matches.entries()) {
    if (match !== null) {
      old = match + 1;
      continue;
    }
    const now = lineOf(news[at] ?? '', at);
    added.push(now);
    if (isKept[old] === 0) replaced.push([lineOf(olds[old] ?? '', old), now]);
    old += 1;
  }
  return { ...file, lines: { removed, added, replaced } };
}

/** The lines of a content, one character a byte. */
export function linesOf(bytes: Uint8Array | null): readonly string[] {
  if (bytes === null || bytes.byteLength === 0) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** What is no UTF-8 stays visible as U+FFFD; a diff in UTF-8 can't have added it. */
export function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? '' : new TextDecoder().decode(bytes);
}

function utf8(byteText: string): string {
  // Reading and writing back is only needed where a byte is not ASCII.
  return /[^\0-\x7f]/.test(byteText) ? Buffer.from(byteText, 'latin1').toString('utf8') : byteText;
}
