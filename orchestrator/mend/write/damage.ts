/**
 * What happened to the white space of an answer as a whole. Where hunks show that tabs became blanks (or the reverse),
 * a part of the answer without old lines to compare is no better; and there what was meant can't be seen.
 */
import type { BaseText } from '../plan/base-text.ts';
import { indentOf, isBlank, trimEnd, withoutReturn } from '../byte-text.ts';
import type { Located } from '../place/locate.ts';
import { placedOf } from '../place/locate.ts';
import { oldLines } from '../edit.ts';
import type { ResultLine } from './regenerate.ts';
import { indentPairs } from './reindent.ts';

export interface Damage {
  /** Suffixes of the files whose tabs became blanks. */
  readonly expanded: ReadonlySet<string>;
  /** Suffixes of the files whose blanks became tabs. */
  readonly packed: ReadonlySet<string>;
  /** White space at line ends was lost. */
  readonly trimmed: boolean;
}

const tabSuffixes: ReadonlySet<string> = new Set(['.go', '.mk', 'Makefile', 'makefile', '.tsv']);

export function damageOf(files: readonly Located[]): Damage {
  const expanded = new Set<string>();
  const packed = new Set<string>();
  for (const file of files) {
    const pairs = (placedOf(file) ?? []).flatMap((each) => indentPairs(each, file.base));
    for (const { ours, theirs } of pairs) {
      if (theirs.includes('\t') && !ours.includes('\t')) expanded.add(suffixOf(file.path));
      if (ours.includes('\t') && !theirs.includes('\t')) packed.add(suffixOf(file.path));
    }
  }
  return { expanded, packed, trimmed: files.some(hasLostEnds) };
}

function hasLostEnds(file: Located): boolean {
  return (placedOf(file) ?? []).some(({ body, place }) =>
    oldLines(body).some(({ text }, at) => {
      const there = withoutReturn(file.base.shown[place.start + at] ?? '');
      return at !== place.odd && !isBlank(text) && trimEnd(there) !== there && trimEnd(text) === withoutReturn(text);
    }),
  );
}

/** An added line is one of the file that ends with white space: a copy of it would have lost that too. */
export function hasLostEnd(base: BaseText, result: readonly ResultLine[], { trimmed }: Damage): boolean {
  if (!trimmed) return false;
  // A line that goes and comes back without it was cleaned.
  const kept = new Set(result.flatMap(({ from }) => (from === null ? [] : [withoutReturn(base.shown[from] ?? '')])));
  const added = result.flatMap(({ text, from }) => (from === null ? [text] : []));
  const ends = new Set([...kept].flatMap((line) => (trimEnd(line) === line || isBlank(line) ? [] : [trimEnd(line)])));
  return added.some((line) => ends.has(trimEnd(line)));
}

/** A block adds a line that it also keeps, without the end that the kept one has: nothing says which of them is kept. */
export function hasTwinEnd(file: Located): boolean {
  return (placedOf(file) ?? []).some(({ body, place }) => {
    const added = new Set(body.flatMap(({ op, text }) => (op === 'add' ? [trimEnd(text)] : [])));
    return oldLines(body).some(({ op, text }, at) => {
      const there = withoutReturn(file.base.shown[place.start + at] ?? '');
      return op === 'keep' && trimEnd(there) !== there && withoutReturn(text) !== there && added.has(trimEnd(text));
    });
  });
}

/** Lines of a new file whose indent the answer's damage may have made. */
export function isDoubtfulFile(path: string, lines: readonly string[], { expanded, packed }: Damage): boolean {
  const suffix = suffixOf(path);
  const tabs = lines.some((line) => line.startsWith('\t'));
  const blanks = lines.some((line) => line.startsWith('  '));
  if (blanks && expanded.size > 0 && (expanded.has(suffix) || tabSuffixes.has(suffix))) return true;
  return tabs && packed.size > 0 && (packed.has(suffix) || !tabSuffixes.has(suffix));
}

/** An added line is indented as no line of the file is, and just as the damage would have it. */
export function isForeignIndent(base: BaseText, added: readonly string[], { expanded, packed }: Damage): boolean {
  const indents = base.lines.filter((line) => !isBlank(line)).map(indentOf);
  const [tabbed, blanked] = [
    indents.some((indent) => indent.includes('\t')),
    indents.some((indent) => indent.startsWith('  ')),
  ];
  if (expanded.size > 0 && tabbed && !blanked && added.some((line) => line.startsWith('  '))) return true;
  return packed.size > 0 && !tabbed && added.some((line) => line.startsWith('\t'));
}

/** Added lines are indented by tabs where the file has only blanks, or the reverse. */
export function hasForeignIndent({ base, findings }: Located): boolean {
  const added = findings.flatMap(({ body }) => body.flatMap(({ op, text }) => (op === 'add' ? [text] : [])));
  const [tabs, blanks] = ['\t', '  '].map((indent) => base.lines.some((line) => line.startsWith(indent)));
  return tabs !== blanks && added.some((line) => !isBlank(line) && line.startsWith(tabs === true ? '  ' : '\t'));
}

function suffixOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.includes('.') ? name.slice(name.lastIndexOf('.')) : name;
}
