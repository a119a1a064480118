/**
 * Tabs that became blanks, blanks that became tabs, a block that lost its outer indent: what the old lines of the hunks
 * show against the base is undone in the added lines.
 */
import type { BaseText } from '../plan/base-text.ts';
import { indentOf, isBlank, trim, withoutReturn } from '../byte-text.ts';
import { type Body, oldLines } from '../edit.ts';
import { lostEndsOf } from './lost-end.ts';
import { columns, type Place, shiftAt } from '../place/place.ts';

export interface Placed {
  readonly body: Body;
  readonly place: Place;
}

/** The added line as it should be; null = it can't be known. `at` = the base line before which it comes. */
export type Reindent = (line: string, placed: Placed, at: number) => string | null;

export interface Pair {
  readonly ours: string;
  readonly theirs: string;
}

const widths = [2, 4, 8, 1, 3, 5, 6, 7] as const;

/** A line with its indent converted whatever the base has. */
export function reindented(
  line: string,
  how: 'as written' | { readonly blanks: number } | { readonly tabs: number },
): string {
  const indent = indentOf(line);
  const rest = line.slice(indent.length);
  if (how === 'as written' || rest === '') return line;
  if ('tabs' in how) return indent.replaceAll('\t', ' '.repeat(how.tabs)) + rest;
  const tabs = Math.floor(indent.length / how.blanks);
  return indent.includes('\t') ? line : '\t'.repeat(tabs) + indent.slice(tabs * how.blanks) + rest;
}

/** One rule for all hunks of a file: damage of this kind happens to a whole answer. */
export function reindentFor(base: BaseText, placed: readonly Placed[]): Reindent {
  const pairs = placed.filter(({ place }) => place.fit !== 'shifted').flatMap((each) => indentPairs(each, base));
  const damaged = pairs.some(({ ours, theirs }) => ours.includes('\t') !== theirs.includes('\t'));
  const style = styleOf(base, placed, pairs);
  const lostEnd = new Map(placed.map((each) => [each.body, lostEndsOf(each, base)]));
  const known = new Map<string, string | null>();
  const own = new Set(base.lines.map(indentOf).filter((indent) => /^ +$/.test(indent)));
  for (const { ours, theirs } of [...pairs, ...placed.flatMap((each) => blankPairs(each, base))])
    known.set(ours, (known.get(ours) ?? theirs) === theirs ? theirs : null);
  return (line, each, at) => {
    if (isBlank(line)) return line;
    if (each.place.fit === 'shifted') return shifted(line, each, base);
    if (hidesTabs(line, style) || lostEnd.get(each.body)?.(line) === true) return null;
    if (!damaged) return line;
    const indent = indentOf(line);
    if (indent === '') return line;
    if (style.mixed || style.kept) {
      // A file of both: a line is written as those around it, or nobody knows how.
      const [tabs, blanks] = [isAmong('\t', base, at), isAmong(' ', base, at)];
      if (tabs === blanks || (blanks && style.expanded)) return null;
      if (tabs && indent.includes('\t')) return line;
    }
    // The file has this very indent too, be it on a blank line.
    if (style.expanded && own.has(indent)) return null;
    const seen = known.get(indent);
    const made = seen === undefined ? makeIndent(indent, style, at) : seen;
    return made === null ? null : made + line.slice(indent.length);
  };
}

/** What the old lines show of the damage. */
interface Style {
  readonly base: BaseText;
  readonly expanded: boolean;
  readonly packed: boolean;
  /** Some tabs are still there. */
  readonly kept: boolean;
  /** The file indents some lines by tabs and some by blanks. */
  readonly mixed: boolean;
  /** Blanks for a tab; null = no one width fits. */
  readonly width: number | null;
  /** Tabs inside of lines: lost for certain, or in the file and so perhaps lost. */
  readonly inner: 'lost' | 'doubtful' | null;
}

function styleOf(base: BaseText, placed: readonly Placed[], pairs: readonly Pair[]): Style {
  const expanded = pairs.some(({ ours, theirs }) => theirs.includes('\t') && !ours.includes('\t'));
  const doubtful = expanded && base.lines.some((line) => trim(line).includes('\t'));
  const lost = placed.some((each) => lostInnerTabs(each, base));
  return {
    base,
    expanded,
    packed: pairs.some(({ ours, theirs }) => ours.includes('\t') && !theirs.includes('\t')),
    mixed: base.lines.some((line) => line.startsWith('\t')) && base.lines.some((line) => /^ {2,}\S/.test(line)),
    kept: pairs.some(({ ours, theirs }) => ours === theirs && ours.includes('\t')),
    width:
      widths.find((each) => pairs.every(({ ours, theirs }) => columns(ours, each) === columns(theirs, each))) ?? null,
    inner: lost ? 'lost' : doubtful ? 'doubtful' : null,
  };
}

/** A run of blanks inside of the line may have been tabs: any run, or one that is whole tabs long. */
function hidesTabs(line: string, { inner, width }: Style): boolean {
  if (inner === null) return false;
  const runs = trim(line).match(/ {2,}/g) ?? [];
  return runs.some((run) => inner === 'lost' || width === null || run.length % width === 0);
}

/** The base's way to write an indent that no old line shows. */
function makeIndent(indent: string, style: Style, at: number): string | null {
  const { base, width, expanded, packed, kept } = style;
  if (indent === '') return '';
  if (width === null || (expanded && packed)) return null;
  if (packed) return kept && indent.includes('\t') ? null : indent.replaceAll('\t', ' '.repeat(width));
  if (indent.includes('\t')) return indent;
  return kept ? null : tabbed(indent.length, width, base, at);
}

/** The indents of old lines beside those of the base; of a misremembered line only if it shows the damage. */
export function indentPairs({ body, place }: Placed, base: BaseText): readonly Pair[] {
  return oldLines(body).flatMap(({ text }, at) => {
    const pair = { ours: indentOf(text), theirs: indentOf(base.shown[place.start + at] ?? '') };
    if (isBlank(text) || (pair.ours === '' && pair.theirs === '')) return [];
    if (at === place.odd) return pair.ours.includes('\t') === pair.theirs.includes('\t') ? [] : [pair];
    return base.loose.idOf(text) === base.loose.ids[place.start + at] ? [pair] : [];
  });
}

/** Lines of white space alone: nothing shows damage there, but such an indent may be the file's own. */
function blankPairs({ body, place }: Placed, base: BaseText): readonly Pair[] {
  return oldLines(body).flatMap(({ text }, at) => {
    const theirs = withoutReturn(base.shown[place.start + at] ?? '');
    return isBlank(text) && isBlank(theirs) && withoutReturn(text) === theirs && theirs !== ''
      ? [{ ours: theirs, theirs }]
      : [];
  });
}

/** As many tabs as fit; null if the file writes lines of this depth in another way too and the lines around don't say. */
function tabbed(depth: number, width: number, base: BaseText, at: number): string | null {
  const tabs = '\t'.repeat(Math.floor(depth / width)) + ' '.repeat(depth % width);
  // Blanks behind tabs align a line: they look as another tab does.
  const aligned = base.lines.some(
    (line) => indentOf(line).replace(/^\t+/, '').length >= width && line.startsWith('\t'),
  );
  if (aligned && depth > width && depth % width === 0) return null;
  if (depth % width === 0 && isAmong('\t', base, at)) return tabs;
  const other = base.lines.some((line) => {
    const there = indentOf(line.slice(0, depth + 1));
    return there !== tabs && columns(there, width) === depth;
  });
  return other ? null : tabs;
}

/** The lines with text before and after are indented by this alone (one of them may not be indented). */
function isAmong(space: ' ' | '\t', { lines }: BaseText, at: number): boolean {
  const before = lines.slice(Math.max(0, at - 3), at).findLast((line) => !isBlank(line)) ?? '';
  const after = lines.slice(at, at + 3).find((line) => !isBlank(line)) ?? '';
  const indents = indentOf(before) + indentOf(after);
  return indents !== '' && indents === space.repeat(indents.length);
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
