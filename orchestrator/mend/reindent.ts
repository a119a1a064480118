/**
 * Tabs that became blanks, blanks that became tabs, a block that lost its outer indent: what the old lines of the hunks
 * show against the base is undone in the added lines.
 */
import type { BaseText } from './base-text.ts';
import { indentOf, isBlank, trim } from './byte-text.ts';
import { type Body, oldLines } from './edit.ts';
import { columns, type Place, shiftAt } from './place.ts';

export interface Placed {
  readonly body: Body;
  readonly place: Place;
}

/** The added line as it should be; null = it can't be known. */
export type Reindent = (line: string, placed: Placed) => string | null;

interface Pair {
  readonly ours: string;
  readonly theirs: string;
}

const widths = [2, 4, 8, 1, 3, 5, 6, 7] as const;

/** One rule for all hunks of a file: damage of this kind happens to a whole answer. */
export function reindentFor(base: BaseText, placed: readonly Placed[]): Reindent {
  const pairs = placed.filter(({ place }) => place.fit !== 'shifted').flatMap((each) => pairsOf(each, base));
  const damaged = pairs.some(({ ours, theirs }) => ours.includes('\t') !== theirs.includes('\t'));
  const spaced = placed.some((each) => lostInnerTabs(each, base));
  const known = new Map<string, string | null>();
  for (const { ours, theirs } of pairs) known.set(ours, (known.get(ours) ?? theirs) === theirs ? theirs : null);
  const make = makeIndent(base, pairs);
  return (line, each) => {
    if (isBlank(line)) return line;
    if (each.place.fit === 'shifted') return shifted(line, each, base);
    if (spaced && /\S {2}/.test(line)) return null;
    if (!damaged) return line;
    const indent = indentOf(line);
    const seen = known.get(indent);
    const made = seen === undefined ? make(indent) : seen;
    return made === null ? null : made + line.slice(indent.length);
  };
}

/** The base's way to write an indent that no old line shows. */
function makeIndent(base: BaseText, pairs: readonly Pair[]): (indent: string) => string | null {
  const expanded = pairs.some(({ ours, theirs }) => theirs.includes('\t') && !ours.includes('\t'));
  const packed = pairs.some(({ ours, theirs }) => ours.includes('\t') && !theirs.includes('\t'));
  const kept = pairs.some(({ ours, theirs }) => ours === theirs && ours.includes('\t'));
  const width = widths.find((each) => pairs.every((pair) => columns(pair.ours, each) === columns(pair.theirs, each)));
  const made = new Map<number, string | null>();
  return (indent) => {
    if (indent === '') return '';
    if (width === undefined || (expanded && packed)) return null;
    if (packed) return kept && indent.includes('\t') ? null : indent.replaceAll('\t', ' '.repeat(width));
    if (indent.includes('\t')) return indent;
    const tabs = made.get(indent.length) ?? (kept ? null : tabbed(indent.length, width, base));
    made.set(indent.length, tabs);
    return tabs;
  };
}

/** The indents of old lines beside those of the base. */
function pairsOf({ body, place }: Placed, base: BaseText): readonly Pair[] {
  return oldLines(body).flatMap(({ text }, at) => {
    const there = base.shown[place.start + at] ?? '';
    if (isBlank(text) || base.loose.idOf(text) !== base.loose.ids[place.start + at]) return [];
    const pair = { ours: indentOf(text), theirs: indentOf(there) };
    return pair.ours === '' && pair.theirs === '' ? [] : [pair];
  });
}

/** As many tabs as fit; null if the file writes lines of this depth in another way too: alignment, mixed styles. */
function tabbed(depth: number, width: number, base: BaseText): string | null {
  const tabs = '\t'.repeat(Math.floor(depth / width)) + ' '.repeat(depth % width);
  const other = base.lines.some((line) => {
    const there = indentOf(line.slice(0, depth + 1));
    return there.length < line.length && there !== tabs && columns(there, width) === depth;
  });
  return other ? null : tabs;
}

function shifted(line: string, { body, place }: Placed, base: BaseText): string | null {
  const shift = shiftAt(oldLines(body), base, place);
  if (shift === null) return null;
  return line.startsWith(shift.cut) ? shift.add + line.slice(shift.cut.length) : null;
}

/** Tabs inside of lines became blanks: how many of an added line's blanks were tabs is not known. */
function lostInnerTabs({ body, place }: Placed, base: BaseText): boolean {
  return oldLines(body).some(({ text }, at) => {
    const same = base.loose.idOf(text) === base.loose.ids[place.start + at];
    return same && trim(base.lines[place.start + at] ?? '').includes('\t') && !trim(text).includes('\t');
  });
}
