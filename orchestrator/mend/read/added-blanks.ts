import { withoutReturn } from '../byte-text.ts';
import type { Body } from '../edit.ts';

/** Blank lines without any mark, between added ones, as added: they may have lost a "+". Null if there are none. */
export function withAddedBlanks(body: Body, lines: readonly string[]): Body | null {
  const marks = lines.filter((line) => !line.startsWith('\\')).map((line) => withoutReturn(line).charAt(0));
  const before = [...marks];
  for (const [at, mark] of marks.entries()) if (mark === '') before[at] = before[at - 1] ?? '';
  const behind = [...marks];
  for (let at = marks.length - 1; at >= 0; at -= 1) if (marks[at] === '') behind[at] = behind[at + 1] ?? '';
  const isAdded = (at: number): boolean => marks[at] === '' && before[at] === '+' && behind[at] === '+';
  if (!body.some((_, at) => isAdded(at))) return null;
  return body.map((line, at) => (isAdded(at) ? { ...line, op: 'add' } : line));
}
