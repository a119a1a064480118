/** What was found in an answer, before anything is compared with the base. All texts are byte text. */
export interface HunkLine {
  readonly op: 'keep' | 'remove' | 'add';
  /** Without the mark of the diff and without `\n`; a `\r` that was written stays. */
  readonly text: string;
  /** "\ No newline at end of file" follows. */
  readonly open: boolean;
}

/** One way to read the lines of a hunk. */
export type Body = readonly HunkLine[];

/** The numbers of `@@ -oldStart,oldCount +newStart,newCount @@`, as written. */
export interface Stated {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
}

export interface Hunk {
  /** Where the hunk ends is not always clear; the reading that loses nothing comes first. */
  readonly bodies: readonly Body[];
  /** The reading in which the stated counts hold. */
  readonly counted: Body | null;
  readonly stated: Stated | null;
  /** What stands after the second `@@`: by custom a line that precedes the hunk. */
  readonly heading: string;
  /** Some of its context came without a mark. */
  readonly unmarked: boolean;
  /** The reading in which numbers of a listing are taken off its lines. */
  readonly listed: Body | null;
  /** A SEARCH/REPLACE block with several lines that may be its divider. */
  readonly divided: boolean;
}

/** Mode lines are kept as they were written: policy must see them, so none is ever dropped. */
export interface Modes {
  readonly created: string | null;
  readonly deleted: string | null;
  readonly before: string | null;
  readonly after: string | null;
}

/** A label is null for /dev/null and undefined where there is none. */
export type Label = string | null | undefined;

export interface UnifiedSection {
  readonly kind: 'unified';
  /** Has a `diff --git` line. */
  readonly git: boolean;
  readonly old: Label;
  readonly new: Label;
  readonly move: 'rename' | 'copy' | null;
  readonly modes: Modes;
  /** Blob ids of the `index` line, hex, mostly abbreviated. */
  readonly blobs: { readonly old: string; readonly new: string } | null;
  readonly hunks: readonly Hunk[];
}

/** A SEARCH/REPLACE block. */
export interface BlockSection {
  readonly kind: 'block';
  readonly path: string;
  readonly hunk: Hunk;
}

/** The new content of a whole file. */
export interface FileSection {
  readonly kind: 'file';
  readonly path: string;
  readonly lines: readonly string[];
}

export type Section = UnifiedSection | BlockSection | FileSection;

export const noModes: Modes = { created: null, deleted: null, before: null, after: null };

/** Context and removed lines: what the base must hold. */
export function oldLines(body: Body): readonly HunkLine[] {
  return body.filter((line) => line.op !== 'add');
}

/** Both change the same lines in the same way; their context may differ. */
export function sameChanges(a: Body, b: Body): boolean {
  return changeKey(a) === changeKey(b);
}

function changeKey(body: Body): string {
  return body.flatMap(({ op, text }) => (op === 'keep' ? [] : [`${op} ${text}`])).join('\n');
}

export function changesNothing(body: Body): boolean {
  return body.every((line) => line.op === 'keep');
}

/** Removes and adds the same lines. */
export function restates(body: Body): boolean {
  const side = (without: HunkLine['op']): string =>
    body.flatMap(({ op, text }) => (op === without ? [] : [text])).join('\n');
  return side('add') === side('remove');
}
