/** From the pieces of an answer to sections: what shall change in which file. */
import { isBlank } from '../byte-text.ts';
import { type Fence, type Piece, received, type ReplacePiece, type TextPiece } from './cut-pieces.ts';
import { type Hunk, noModes, type Section, type UnifiedSection } from '../edit.ts';
import { isDiffInfo } from './fences.ts';
import { pathOfComment, pathOfInfo, pathOfLine } from './label.ts';
import type { Meter } from '../../text/meter.ts';
import { parseUnified } from './parse-unified.ts';
import type { Problem } from '../problem.ts';
import { readReplace } from './read-replace.ts';
import { readHunk } from './read-hunk.ts';

type Known = (path: string) => boolean;

interface Collector {
  readonly known: Known;
  readonly meter: Meter;
  readonly sections: Section[];
  /** The file of the last unified section, for hunks in a block of their own. */
  last: UnifiedSection | null;
  /** There was a diff outside of fences. */
  bare: boolean;
  /** The file of the last SEARCH/REPLACE block. */
  path: string | null;
}

const noFile = /^(?:console|shell-session|shellsession|output|terminal|log)\b/i;
/** Shown beside a file's name: mostly how to run it. */
const commands = /^(?:ba|z|k)?sh\b|^shell\b|^powershell\b/i;
const startsDiff =
  /^(?:diff --git |@@|--- \S|\+\+\+ \S|Index: |\*\*\* (?:Begin Patch|(?:Add|Update|Delete) File: )|From [0-9a-f]{40} )/;

function isStart(line: string): boolean {
  return startsDiff.test(line);
}

export function collectSections(pieces: readonly Piece[], known: Known, meter: Meter): readonly Section[] | Problem {
  const collector: Collector = { known, meter, sections: [], last: null, bare: false, path: null };
  for (const piece of pieces) {
    const found = collectPiece(collector, piece);
    if (found !== null) return found;
  }
  return collector.sections;
}

function collectPiece(collector: Collector, piece: Piece): Problem | null {
  switch (piece.kind) {
    case 'broken':
      return invalid(piece.problem);
    case 'replace':
      return collectReplace(collector, piece);
    case 'text':
      return collectText(collector, piece);
  }
}

function invalid(reason: string): Problem {
  return { kind: 'problem', code: 'diff_invalid', reason };
}

function collectReplace(collector: Collector, piece: ReplacePiece): Problem | null {
  const { known } = collector;
  const named = piece.labels.map((label) => pathOfLine(label, known) ?? pathOfInfo(label, known));
  const path = named.find((each) => each !== null) ?? collector.path;
  if (path === null) return invalid('A SEARCH/REPLACE block names no file: write its path on the line before it.');
  collector.path = path;
  collector.sections.push({ kind: 'block', path, hunk: readReplace(piece, collector.meter) });
  return null;
}

function collectText(collector: Collector, piece: TextPiece): Problem | null {
  const { fence } = piece;
  const lines = received(piece.lines, piece.lines.findIndex(isStart), 0, piece.lines.length);
  const path = fence === null ? null : labelOf(fence, collector.known);
  const first = lines.find((line) => !isBlank(line)) ?? '';
  if (fence !== null && !isDiffInfo(fence.info) && !isStart(first)) {
    if (path !== null) return collectFile(collector, { fence, path, lines });
    const named = pathOfComment(first, collector.known);
    if (named !== null)
      return collectFile(collector, { fence, path: named, lines: lines.slice(lines.indexOf(first) + 1) });
  }
  if (fence?.inDiff === true && !isDiffInfo(fence.info) && lines.some((line) => /^[+-]/.test(line))) {
    return invalid(
      'It is unclear where the diff ends. Put it into one block fenced by four backticks, each line with its mark.',
    );
  }
  const { sections, loose, problem } = parseUnified(lines, {
    fenced: fence !== null,
    afterDiff: collector.bare && fence === null,
  });
  if (problem !== null) return { kind: 'problem', ...problem };
  const bare = sections.length + loose.length === 0 && fence !== null && isDiffInfo(fence.info);
  const hunks = bare ? unnumbered(lines) : loose;
  const refused = hunks.length > 0 ? collectLoose(collector, hunks, path) : null;
  for (const section of sections) collector.sections.push(section);
  collector.bare ||= fence === null && sections.length + loose.length > 0;
  collector.last = sections.at(-1) ?? collector.last;
  return refused;
}

function labelOf({ info, before }: Fence, known: Known): string | null {
  return pathOfInfo(info, known) ?? pathOfLine(before, known);
}

function collectFile(
  collector: Collector,
  { fence, path, lines }: { readonly fence: Fence; readonly path: string; readonly lines: readonly string[] },
): Problem | null {
  const script = /\.(?:ba|z|k)?sh$/.test(path);
  if (noFile.test(fence.info) || (!script && commands.test(fence.info))) return null;
  // An unlabelled fence next: this block may have ended at a fence of its own content.
  if (fence.next !== null && fence.next.info === '' && pathOfLine(fence.next.before, collector.known) === null) {
    const reason = `It is not clear where the block of ${path} ends. Open and close it with four backticks.`;
    return { kind: 'problem', code: 'diff_ambiguous', reason };
  }
  collector.sections.push({ kind: 'file', path, lines });
  return null;
}

/** A diff block with neither names nor `@@`: marked lines only. */
function unnumbered(lines: readonly string[]): readonly Hunk[] {
  return lines.some((line) => /^[+-]/.test(line)) ? [readHunk(lines, 0, true).hunk] : [];
}

function collectLoose(collector: Collector, hunks: readonly Hunk[], path: string | null): Problem | null {
  const { last } = collector;
  if (path !== null) {
    const named = { git: false, old: path, new: path, move: null, modes: noModes, blobs: null };
    collector.last = { kind: 'unified', ...named, hunks };
    collector.sections.push(collector.last);
    return null;
  }
  if (last === null) return invalid('A hunk belongs to no file: put "--- a/PATH" and "+++ b/PATH" before it.');
  collector.sections.push({ ...last, modes: noModes, blobs: null, move: null, hunks });
  return null;
}
