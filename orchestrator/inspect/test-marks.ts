/** Counts what tests are made of: definitions, assertions, and ways to leave them out. */
import type { Line } from './changed-file.ts';
import { codeOnly, isComment } from './code-text.ts';
import { countSwallowed } from './swallowed.ts';
import { assertions, directives, ends, type Patterns, skips, tests, trivial, tuples } from './test-patterns.ts';

export interface Marks {
  readonly tests: number;
  readonly assertions: number;
  /** Ways to leave tests of the same file out, or to make their failure unheard. */
  readonly skips: number;
  readonly ends: number;
}

/**
 * What a text has more than another, comments and strings left out. Ways to leave tests out are counted in the bare text
 * too, and the larger rise holds: a scanner of code can be led astray by a quote in a regular expression.
 */
export function moreMarks(path: string, before: string, after: string): Marks {
  const [was, now] = [marksOf(path, codeOnly(path, before)), marksOf(path, codeOnly(path, after))];
  const [bareWas, bareNow] = [
    marksOf(path, withoutComments(path, before)),
    marksOf(path, withoutComments(path, after)),
  ];
  return {
    tests: now.tests - was.tests,
    assertions: now.assertions - was.assertions,
    skips:
      Math.max(now.skips - was.skips, bareNow.skips - bareWas.skips) +
      count(after, directives) -
      count(before, directives),
    ends: Math.max(now.ends - was.ends, bareNow.ends - bareWas.ends),
  };
}

function marksOf(path: string, code: string): Marks {
  const text = narrow(code);
  return {
    tests: count(text, tests),
    assertions: count(text, assertions) - count(text, trivial) - (path.endsWith('.py') ? count(text, tuples) : 0),
    skips: count(text, skips) + countSwallowed(text),
    ends: count(text, ends),
  };
}

export function hasSkip(path: string, line: string): boolean {
  if (count(line, directives) > 0) return true;
  return !isComment(path, line) && count(narrow(line), [...skips, ...ends]) > 0;
}

/** Skips among added lines that come with a test of their own: on the same line, or right above it. */
export function ownSkips(path: string, added: readonly Line[]): number {
  const byNumber = new Map(added.map((line) => [line.number, line.text]));
  return added.filter(({ number, text }) => {
    if (!hasSkip(path, text)) return false;
    for (let next = number; next < number + 6; next += 1) {
      const line = byNumber.get(next);
      if (line === undefined) return false;
      if (count(narrow(line), tests) > 0 || /\.(?:skip|todo)\w*[ \t]*\(/.test(line)) return true;
    }
    return false;
  }).length;
}

/** Rust keeps tests beside the code. */
export function holdsTests(text: string): boolean {
  return /#\[(?:\w+::){0,5}test\b|#\[cfg\(test\)\]/.test(text);
}

function withoutComments(path: string, text: string): string {
  return text
    .split('\n')
    .map((line) => (isComment(path, line) ? '' : line))
    .join('\n');
}

const longestLine = 250;

/** Runs of blanks as one, and long lines cut into several: patterns take time by the square of a line's length. */
function narrow(code: string): string {
  const single = code.replace(/[ \t]{2,}/g, ' ');
  if (!/[^\n]{251}/.test(single)) return single;
  return single
    .split('\n')
    .flatMap((line) => line.match(new RegExp(`.{1,${longestLine}}`, 'gs')) ?? [''])
    .join('\n');
}

function count(text: string, patterns: Patterns): number {
  let found = 0;
  for (const pattern of patterns) for (const _ of text.matchAll(pattern)) found += 1;
  return found;
}
