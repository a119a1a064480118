/** The content of what changes, before and after, and which lines were added: from git's objects, not from a diff. */
import { matchLines } from '../text/match-lines.ts';
import { openMeter } from '../text/meter.ts';
import type { BareGit, Change } from '../ports/git.ts';

export interface AddedLine {
  /** Counted from 1 in the new file. */
  readonly number: number;
  readonly text: string;
  /** It is the first line, and the file began with a byte order mark before. */
  readonly keepsMark: boolean;
}

export interface ChangedFile {
  readonly path: string;
  readonly status: Change['status'];
  readonly oldId: string;
  readonly newId: string;
  /** Null = there is no such file on that side. */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array | null;
}

/** A file's lines on both sides, aligned. */
export interface LineChanges {
  readonly removed: readonly AddedLine[];
  readonly added: readonly AddedLine[];
  /** Removed and added lines of one place, in the order in which they follow each other. */
  readonly replaced: readonly (readonly [old: AddedLine, now: AddedLine])[];
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
    return { path, status, oldId, newId, before, after };
  });
}

/** Compared as bytes: two lines are the same only if every byte is. */
export function lineChanges({ before, after }: ChangedFile): LineChanges {
  const [olds, news] = [linesOf(before), linesOf(after)];
  const matches = matchLines(olds, news, openMeter(steps));
  const keepsMark = olds[0]?.startsWith('\xef\xbb\xbf') === true;
  const line = (text: string, at: number): AddedLine => ({
    number: at + 1,
    text: utf8(text),
    keepsMark: keepsMark && at === 0,
  });
  const kept = new Set(matches.filter((match) => match !== null));
  const added = news.flatMap((text, at) => (matches[at] === null ? [line(text, at)] : []));
  const removed = olds.flatMap((text, at) => (kept.has(at) ? [] : [line(text, at)]));
  return { added, removed, replaced: replacedLines(matches, { added, removed }) };
}

/** Between two lines that stay, the first removed one with the first added one, and so on. */
function replacedLines(
  matches: readonly (number | null)[],
  { added, removed }: Pick<LineChanges, 'added' | 'removed'>,
): LineChanges['replaced'] {
  const gone = new Map(removed.map((line) => [line.number - 1, line]));
  const pairs: (readonly [AddedLine, AddedLine])[] = [];
  let old = 0;
  const news = new Map(added.map((line) => [line.number - 1, line]));
  for (const [at, match] of matches.entries()) {
    const now = news.get(at);
    if (match !== null) old = match + 1;
    else if (now !== undefined) {
      const was = gone.get(old);
      if (was !== undefined) pairs.push([was, now]);
      old += 1;
    }
  }
  return pairs;
}

function linesOf(bytes: Uint8Array | null): readonly string[] {
  if (bytes === null || bytes.byteLength === 0) return [];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

/** What is no UTF-8 stays visible as U+FFFD; a diff in UTF-8 can't have added it. */
function utf8(byteText: string): string {
  // Reading and writing back is only needed where a byte is not ASCII.
  return /[^\0-\x7f]/.test(byteText) ? Buffer.from(byteText, 'latin1').toString('utf8') : byteText;
}
