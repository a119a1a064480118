/** The lines between `diff --git` and the first hunk. */
import { withoutReturn } from '../byte-text.ts';
import { type Hunk, type Label, type Modes, noModes, type UnifiedSection } from '../edit.ts';
import { readLabel } from './read-label.ts';

/** A section while it is being read. */
export interface Draft {
  git: boolean;
  /** The names of the `diff --git` line: used only where no other line names the file, as git does. */
  named: { readonly old: Label; readonly new: Label } | null;
  /** Has `---` or `+++`. */
  labelled: boolean;
  old: Label;
  new: Label;
  move: UnifiedSection['move'];
  modes: Modes;
  blobs: UnifiedSection['blobs'];
  readonly hunks: Hunk[];
}

export function newDraft(): Draft {
  return {
    git: false,
    named: null,
    labelled: false,
    old: undefined,
    new: undefined,
    move: null,
    modes: noModes,
    blobs: null,
    hunks: [],
  };
}

const mode = /^(old mode|new mode|new file mode|deleted file mode) (\S{1,20})\s*$/;
const moved = /^(rename|copy) (from|to) (\S.*)$/;
const blobs = /^index ([0-9a-f]{4,64})\.\.([0-9a-f]{4,64})(?: (\d{1,6}))?\s*$/;
const ignored = /^(?:similarity|dissimilarity) index /;

/** Reads into `draft`; returns the first line that is not of the header. */
export function readExtendedHeader(draft: Draft, lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && readLine(draft, withoutReturn(lines[at] ?? ''))) at += 1;
  return at;
}

function readLine(draft: Draft, line: string): boolean {
  if (line.length > 5_000) return false;
  const [, kind, value] = mode.exec(line) ?? [];
  if (kind !== undefined && value !== undefined) {
    draft.modes = withMode(draft.modes, kind, value);
    return true;
  }
  const [, move, side, name] = moved.exec(line) ?? [];
  if (name !== undefined) {
    draft.move = move === 'rename' ? 'rename' : 'copy';
    if (side === 'from') draft.old = prefixed('a/', name);
    else draft.new = prefixed('b/', name);
    return true;
  }
  const [, before, after, kept] = blobs.exec(line) ?? [];
  if (before !== undefined && after !== undefined) {
    draft.blobs = { old: before, new: after };
    // The mode of a link or a submodule here makes git refuse an ordinary file; it must go on doing so.
    if (kept !== undefined && !kept.startsWith('100')) draft.modes = { ...draft.modes, before: kept, after: kept };
    return true;
  }
  return ignored.test(line);
}

function withMode(modes: Modes, kind: string, value: string): Modes {
  if (kind === 'new file mode') return { ...modes, created: value };
  if (kind === 'deleted file mode') return { ...modes, deleted: value };
  return kind === 'old mode' ? { ...modes, before: value } : { ...modes, after: value };
}

/** `rename from` has no prefix; with one, names of all header lines are read alike. */
function prefixed(prefix: string, name: string): Label {
  const label = readLabel(name);
  return typeof label === 'string' ? `${prefix}${label}` : label;
}
