/** The content of a file that a diff creates. */
import { isBlank } from '../byte-text.ts';
import { type Body, type Hunk, sameChanges } from '../edit.ts';

/** Lines with their `\n`; null where it is unclear which lines belong to the file. */
export function newFileLines(hunks: readonly Hunk[]): readonly string[] | null {
  const lines: string[] = [];
  for (const hunk of inOrder(hunks)) {
    const body = readingOf(hunk);
    if (body === null) return null;
    for (const { text, open } of body) lines.push(open ? text : `${text}\n`);
  }
  // A line without its newline can only be the last one.
  return lines.slice(0, -1).every((line) => line.endsWith('\n')) ? lines : null;
}

function inOrder(hunks: readonly Hunk[]): readonly Hunk[] {
  const starts = hunks.map(({ stated }) => stated?.newStart ?? null);
  if (starts.includes(null)) return hunks;
  return hunks.toSorted((a, b) => (a.stated?.newStart ?? 0) - (b.stated?.newStart ?? 0));
}

/** Only added lines, and blank ones that lost their mark. */
function readingOf({ bodies, counted, stated }: Hunk): Body | null {
  const fitting = bodies.filter((body) =>
    body.every(({ op, text }) => op === 'add' || (op === 'keep' && isBlank(text))),
  );
  const [body] = fitting;
  if (body === undefined || counted === null) return body === undefined || isPadded(body, stated) ? null : body;
  const exact = fitting.find((each) => each === counted || sameChanges(each, counted));
  return fitting.every((each) => exact === undefined || sameChanges(each, exact)) ? (exact ?? body) : null;
}

/** The count is that of the marked lines alone: then the blank lines between them are none of the file's. */
function isPadded(body: Body, stated: Hunk['stated']): boolean {
  const marked = body.filter(({ op }) => op === 'add').length;
  return marked < body.length && stated?.newCount === marked;
}
