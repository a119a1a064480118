/** Where one part of a unified diff ends and the next begins. */
import { isBlank, trimEnd } from '../byte-text.ts';

const hunkHeader = /^@@(?!@)/;
const gitHeader = /^diff --git \S/;
const otherHeader =
  /^(?:diff -[A-Za-z]|Index: \S|From [0-9a-f]{40} |\*\*\* (?:Begin Patch|End Patch|End of File|(?:Add|Update|Delete) File: ))/;
const versionLine = /^\d+\.\d[\w.()\- ]{0,60}$/;
const pathLike = /^(?:---|\+\+\+) (?:"?[abciow]\/|\/dev\/null|\.\/|[^\s]+\s*$|[^\t]+\t)/;
const prefixedLabel = /^(?:---|\+\+\+) "?[ab]\/\S/;

export function isHunkHeader(line: string): boolean {
  return hunkHeader.test(line);
}

export function isGitHeader(line: string): boolean {
  return gitHeader.test(line);
}

/** `---` directly followed by `+++`, both naming something: not a removed "-- x" followed by an added "++ y". */
export function isFileHeader(lines: readonly string[], at: number): boolean {
  return startsLabel(lines[at], '--- ') && startsLabel(lines[at + 1], '+++ ');
}

/** One of the two label lines alone, directly above a hunk header: only with a prefix is it no changed line. */
export function isHalfHeader(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  return line.length < 5_000 && prefixedLabel.test(line) && isHunkHeader(lines[at + 1] ?? '');
}

/** The "-- " and version line that `git format-patch` ends with. */
export function isSignature(lines: readonly string[], at: number): boolean {
  if (trimEnd(lines[at] ?? '') !== '--') return false;
  if (versionLine.test(trimEnd(lines[at + 1] ?? ''))) return true;
  return lines.slice(at + 1, at + 4).every(isBlank) && at + 4 >= lines.length;
}

/** No line of a hunk, whatever the counts say. */
export function isBoundary(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? '';
  return (
    isHunkHeader(line) ||
    isGitHeader(line) ||
    otherHeader.test(line) ||
    isFileHeader(lines, at) ||
    isHalfHeader(lines, at) ||
    isSignature(lines, at)
  );
}

function startsLabel(line: string | undefined, mark: string): boolean {
  return line !== undefined && line.length < 5_000 && line.startsWith(mark) && pathLike.test(line);
}
