/** A whole file as the answer gives it, laid over the base so that lines which did not change keep their bytes. */
import type { BaseText } from '../plan/base-text.ts';
import { isBlank, looseKey, readable, trim, trimEnd, withoutReturn } from '../byte-text.ts';
import { bodyOfMatches } from '../read/body-of-matches.ts';
import { matchLines } from '../../text/match-lines.ts';
import type { Meter } from '../../text/meter.ts';
import type { Placed } from './reindent.ts';

export type Rewritten =
  | { readonly kind: 'rewritten'; readonly placed: Placed }
  | { readonly kind: 'unclear'; readonly why: string };

/** "# ... rest of the file": a comment in place of what the model left out. Spread syntax ("...args") is none. */
const elision =
  /^\s{0,80}(?:(?:#|\/\/|\/\*|--|<!--|;|%)+ {0,4}(?:\[?(?:\.{3}|\xe2\x80\xa6)|(?:the )?(?:rest|remain|existing|unchanged|other)\b.{0,60}(?:\.{3}|code|file|content|unchanged|same))|(?:\.{3}|\xe2\x80\xa6)\s*$)/i;

/** One hunk over the whole file; unclear where the block is likely an excerpt or has lost white space. */
export function rewrite(base: BaseText, lines: readonly string[], meter: Meter): Rewritten {
  const news = lines.map(withoutReturn);
  const olds = base.shown.map(withoutReturn);
  const known = new Set(olds);
  const gap = news.find((line) => line.length < 200 && elision.test(line) && !known.has(line));
  if (gap !== undefined) return unclear(`it leaves something out ("${readable(trim(gap))}")`);
  const retabbed = isRetabbed(olds, news);
  const key = retabbed ? looseKey : (line: string) => line;
  const matches = matchLines(olds.map(key), news.map(key), meter);
  if (lostTrailing(olds, news, matches)) return unclear('it has lost the white space at line ends that the file has');
  if (!retabbed && lostTabs(olds, news, matches)) return unclear('it writes tabs and blanks otherwise than the file');
  if (isExcerpt(olds, matches))
    return unclear('it looks like an excerpt: a large part of the file is missing at its start or end');
  // The text of a removed line is not the model's, so it must not count as what the model does with indents.
  const unseen = olds.map(() => '');
  const body = bodyOfMatches(unseen, news, matches);
  return { kind: 'rewritten', placed: { body, place: { start: 0, fit: 'spacing', odd: null } } };
}

function unclear(why: string): Rewritten {
  return { kind: 'unclear', why };
}

/** A file indented by tabs of which no line has one, or the reverse: the block was converted as a whole. */
function isRetabbed(olds: readonly string[], news: readonly string[]): boolean {
  const [oldTabs, newTabs] = [countIndented(olds, '\t'), countIndented(news, '\t')];
  const [oldBlanks, newBlanks] = [countIndented(olds, '  '), countIndented(news, '  ')];
  if (newTabs === 0 && oldTabs >= 3) return oldTabs >= 4 * oldBlanks;
  return oldTabs === 0 && newTabs >= 3 && newBlanks * 4 <= newTabs && oldBlanks >= 3;
}

function countIndented(lines: readonly string[], indent: string): number {
  return lines.filter((line) => line.startsWith(indent) && !isBlank(line)).length;
}

/** Lines of the base with their tabs gone (or new ones with tabs that the base has not), in a file that uses both. */
function lostTabs(olds: readonly string[], news: readonly string[], matches: readonly (number | null)[]): boolean {
  const [oldTabs, newTabs] = [countIndented(olds, '\t'), countIndented(news, '\t')];
  if ((oldTabs === 0) === (newTabs === 0)) return false;
  const tabbed = new Set(olds.flatMap((line) => (oldTabs === 0 || line.startsWith('\t') ? [looseKey(line)] : [])));
  return news.some((line, at) => matches[at] === null && !isBlank(line) && tabbed.has(looseKey(line)));
}

/**
 * Does the block as a whole lack white space at line ends, in lines that are the base's otherwise? Then either the model
 * dropped it or cleaned it up, and nothing in the text says which.
 */
function lostTrailing(olds: readonly string[], news: readonly string[], matches: readonly (number | null)[]): boolean {
  if (news.some((line) => trimEnd(line) !== line)) return false;
  const stripped = new Set(olds.flatMap((line) => (trimEnd(line) === line ? [] : [trimEnd(line)])));
  return news.some((line, at) => matches[at] === null && stripped.has(line));
}

/** Nothing in place of half of the file at one end, or of a fifth at both: mostly a part shown as if it were all. */
function isExcerpt(olds: readonly string[], matches: readonly (number | null)[]): boolean {
  const head = matches[0] ?? 0;
  const last = matches.at(-1) ?? null;
  const tail = last === null ? 0 : olds.length - 1 - last;
  const kept = matches.filter((match) => match !== null && !isBlank(olds[match] ?? '')).length;
  const telling = olds.filter((line) => !isBlank(line)).length;
  const missing = (head > 0 && tail > 0 && (head + tail) * 5 > olds.length) || Math.max(head, tail) * 2 > olds.length;
  return telling > 3 && (missing || kept * 2 < telling);
}
