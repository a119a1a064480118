/** Unified diffs, however they are mangled: files, their headers, their hunks. */
import { readable, withoutReturn } from '../byte-text.ts';
import { isFileHeader, isGitHeader, isHalfHeader, isHunkHeader } from './boundary.ts';
import type { Hunk, UnifiedSection } from '../edit.ts';
import { type Draft, newDraft, readExtendedHeader } from './read-header.ts';
import { readGitLabels, readLabel } from './read-label.ts';
import { isListItem, readHunk } from './read-hunk.ts';

export interface ParsedUnified {
  readonly sections: readonly UnifiedSection[];
  /** Hunks before any file header: they belong to the file that the text before them names. */
  readonly loose: readonly Hunk[];
  readonly problem: { readonly code: 'diff_binary' | 'diff_invalid'; readonly reason: string } | null;
}

interface Reader {
  readonly lines: readonly string[];
  readonly fenced: boolean;
  readonly drafts: Draft[];
  readonly loose: Hunk[];
}

const patchCommand = /^\*\*\* (Add|Update|Delete) File: (\S.*)$/;
const glued = /^(@@+ -\d{1,9}(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})? @@+)([+-].*)$/;
const moveCommand = /^\*\*\* Move to: (\S.*)$/;
const binary = /^(?:GIT binary patch|Binary files .* differ)\r?$/;

export interface Where {
  /** The lines are one fenced block: nothing but the diff is expected in them. */
  readonly fenced: boolean;
  /** The answer had a bare diff before these lines. */
  readonly afterDiff: boolean;
}

export function parseUnified(given: readonly string[], { fenced, afterDiff }: Where): ParsedUnified {
  const lines = given.flatMap(unglued);
  const reader: Reader = { lines, fenced, drafts: [], loose: [] };
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if ((afterDiff || reader.drafts.length + reader.loose.length > 0) && isOrphan(reader, at)) {
      const shown = readable(line.slice(0, 120));
      return problem(
        'diff_invalid',
        `A changed line belongs to no hunk: "${shown}". Mark each line of a hunk, context with a blank.`,
      );
    }
    if (line.length < 5_000 && binary.test(line) && reader.drafts.length > 0) {
      return problem('diff_binary', 'The answer holds a binary patch. Only text files can be changed.');
    }
    if (line.startsWith('@@@ -')) return problem('diff_invalid', 'A combined diff ("@@@") can not be applied.');
    at = step(reader, at);
  }
  return { sections: reader.drafts.map(toSection), loose: reader.loose, problem: null };
}

/** A changed line right behind the `@@` of a header is no heading. */
function unglued(line: string): readonly string[] {
  const match = line.startsWith('@@') && line.length < 5_000 ? glued.exec(line) : null;
  return match === null ? [line] : match.slice(1);
}

/** A line that looks changed, where no hunk is being read: left out without a word, a part of the change would be lost. */
function isOrphan({ lines }: Reader, at: number): boolean {
  const line = withoutReturn(lines[at] ?? '');
  return (
    /^[+-]/.test(line) &&
    !isListItem(line) &&
    !/^-{2,}\s*$/.test(line) &&
    !isFileHeader(lines, at) &&
    !isHalfHeader(lines, at)
  );
}

function problem(code: 'diff_binary' | 'diff_invalid', reason: string): ParsedUnified {
  return { sections: [], loose: [], problem: { code, reason } };
}

/** Reads what starts at a line; returns the line where reading goes on. */
function step(reader: Reader, at: number): number {
  const line = withoutReturn(reader.lines[at] ?? '');
  if (isGitHeader(line)) return gitHeader(reader, at, line);
  const command = line.length < 5_000 ? patchCommand.exec(line) : null;
  if (command !== null) return patchHeader(reader, at, command);
  if (isFileHeader(reader.lines, at)) return labels(reader, at, 2);
  if (isHalfHeader(reader.lines, at)) return labels(reader, at, 1);
  if (isHunkHeader(line)) return hunk(reader, at);
  return at + 1;
}

function gitHeader(reader: Reader, at: number, line: string): number {
  const names = readGitLabels(line.slice('diff --git '.length));
  const draft = { ...newDraft(), git: true, named: names };
  reader.drafts.push(draft);
  return readExtendedHeader(draft, reader.lines, at + 1);
}

/** `*** Update File: x`: the headers of OpenAI's patch format, around ordinary hunks. */
function patchHeader(reader: Reader, at: number, [, command, path]: RegExpExecArray): number {
  const label = readLabel(path ?? '');
  const draft = { ...newDraft(), old: command === 'Add' ? null : label, new: command === 'Delete' ? null : label };
  if (command === 'Delete') draft.modes = { ...draft.modes, deleted: '100644' };
  reader.drafts.push(draft);
  const next = withoutReturn(reader.lines[at + 1] ?? '');
  const target = command === 'Update' && next.length < 5_000 ? moveCommand.exec(next)?.[1] : undefined;
  if (target === undefined) return implicitHunk(reader, at + 1);
  draft.move = 'rename';
  draft.new = readLabel(target);
  return implicitHunk(reader, at + 2);
}

function labels(reader: Reader, at: number, count: 1 | 2): number {
  const last = reader.drafts.at(-1);
  // Directly after `diff --git` these are its labels; anywhere else they start a file of their own, as for git.
  const open = last !== undefined && last.git && last.hunks.length === 0 && !last.labelled;
  const draft = open ? last : newDraft();
  if (!open) reader.drafts.push(draft);
  draft.labelled = true;
  for (const line of reader.lines.slice(at, at + count)) {
    const label = readLabel(withoutReturn(line).slice(4));
    if (line.startsWith('-')) draft.old = label;
    else draft.new = label;
  }
  return implicitHunk(reader, at + count);
}

/** Marked lines directly after a header, without any `@@`, are one hunk. */
function implicitHunk(reader: Reader, at: number): number {
  return /^[ +-]/.test(reader.lines[at] ?? '') && !isFileHeader(reader.lines, at) ? hunk(reader, at) : at;
}

function hunk(reader: Reader, at: number): number {
  const { hunk, next } = readHunk(reader.lines, at, reader.fenced);
  (reader.drafts.at(-1)?.hunks ?? reader.loose).push(hunk);
  return Math.max(next, at + 1);
}

function toSection(draft: Draft): UnifiedSection {
  const names = draft.labelled || draft.old !== undefined || draft.new !== undefined ? draft : (draft.named ?? draft);
  const { git, move, modes, blobs, hunks } = draft;
  return { kind: 'unified', git, old: names.old, new: names.new, move, modes, blobs, hunks };
}
