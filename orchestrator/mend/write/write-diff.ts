/** Well-formed unified diffs: exact numbers, three lines of context, names quoted as git quotes them. */
import type { ResultLine } from './regenerate.ts';
import { writeName } from '../../text/quoted-name.ts';

const context = 3;

/** A run of base lines that is replaced. */
export interface Change {
  readonly at: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** One file of the diff. `null` names are /dev/null; `lines` are its extended header lines. */
export interface FileDiff {
  readonly old: string | null;
  readonly new: string | null;
  readonly headers: readonly string[];
  /** Base lines with their `\n`. */
  readonly base: readonly string[];
  readonly changes: readonly Change[];
}

/** What differs, with equal lines at both ends of each run left out. */
export function changesOf(base: readonly string[], result: readonly ResultLine[]): readonly Change[] {
  const changes: Change[] = [];
  let at = 0;
  let added: string[] = [];
  const close = (next: number): void => {
    const change = trimmed({ at, removed: base.slice(at, next), added });
    if (change.removed.length > 0 || change.added.length > 0) changes.push(change);
    added = [];
    at = next + 1;
  };
  for (const { text, from } of result) {
    if (from === null) added.push(text);
    else close(from);
  }
  close(base.length);
  return changes;
}

function trimmed({ at, removed, added }: Change): Change {
  let head = 0;
  while (head < removed.length && head < added.length && removed[head] === added[head]) head += 1;
  let tail = 0;
  const most = Math.min(removed.length, added.length) - head;
  while (tail < most && removed[removed.length - 1 - tail] === added[added.length - 1 - tail]) tail += 1;
  return {
    at: at + head,
    removed: removed.slice(head, removed.length - tail),
    added: added.slice(head, added.length - tail),
  };
}

/** The diff of one file as byte text. */
export function writeDiff(file: FileDiff): string {
  const oldName = writeName(`a/${file.old ?? file.new ?? ''}`);
  const newName = writeName(`b/${file.new ?? file.old ?? ''}`);
  const lines = [`diff --git ${oldName} ${newName}`, ...file.headers];
  if (file.changes.length > 0) {
    lines.push(`--- ${label(file.old === null ? null : oldName)}`, `+++ ${label(file.new === null ? null : newName)}`);
  }
  let moved = 0;
  const hunks = groups(file.changes).map((group) => {
    const text = hunk(file.base, group, moved);
    moved += group.reduce((sum, change) => sum + change.added.length - change.removed.length, 0);
    return text;
  });
  return `${lines.join('\n')}\n${hunks.join('')}`;
}

/** git ends a name with blanks in it by a tab. */
function label(name: string | null): string {
  return name === null ? '/dev/null' : name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name;
}

/** Changes whose context would touch share a hunk. */
function groups(changes: readonly Change[]): readonly (readonly Change[])[] {
  const all: Change[][] = [];
  for (const change of changes) {
    const last = all.at(-1);
    const before = last?.at(-1);
    if (last && before && change.at - (before.at + before.removed.length) <= 2 * context) last.push(change);
    else all.push([change]);
  }
  return all;
}

function hunk(base: readonly string[], group: readonly Change[], moved: number): string {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) return '';
  const start = Math.max(0, first.at - context);
  const end = Math.min(base.length, last.at + last.removed.length + context);
  const parts: string[] = [];
  let at = start;
  for (const change of group) {
    parts.push(marked(' ', base.slice(at, change.at)), marked('-', change.removed), marked('+', change.added));
    at = change.at + change.removed.length;
  }
  parts.push(marked(' ', base.slice(at, end)));
  const oldCount = end - start;
  const newCount = oldCount + group.reduce((sum, change) => sum + change.added.length - change.removed.length, 0);
  return `@@ -${range(start, oldCount)} +${range(start + moved, newCount)} @@\n${parts.join('')}`;
}

/** Lines count from 1; an empty range names the line before it. */
function range(start: number, count: number): string {
  return count === 1 ? String(start + 1) : `${count === 0 ? start : start + 1},${count}`;
}

function marked(mark: string, lines: readonly string[]): string {
  return lines.map((line) => `${mark}${line}${line.endsWith('\n') ? '' : '\n\\ No newline at end of file\n'}`).join('');
}
