/** Two texts as one hunk over all of the first. */
import type { Body, HunkLine } from '../edit.ts';

/** `matches`: for each new line the old line that it is, or null (line-diff.ts). Removed lines come before added ones. */
export function bodyOfMatches(
  olds: readonly string[],
  news: readonly string[],
  matches: readonly (number | null)[],
): Body {
  const body: HunkLine[] = [];
  let at = 0;
  let added: HunkLine[] = [];
  const close = (next: number): void => {
    for (const text of olds.slice(at, next)) body.push({ op: 'remove', text, open: false });
    for (const line of added) body.push(line);
    added = [];
    at = next;
  };
  for (const [index, match] of matches.entries()) {
    const text = news[index] ?? '';
    if (match === null) {
      added.push({ op: 'add', text, open: false });
      continue;
    }
    close(match);
    body.push({ op: 'keep', text, open: false });
    at += 1;
  }
  close(olds.length);
  return body;
}
