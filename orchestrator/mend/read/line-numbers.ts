/** Numbers of a listing ("  12 | text", "12: text", "12<tab>text") that were copied with the lines. */
import { isBlank } from '../byte-text.ts';
import type { Body, HunkLine } from '../edit.ts';

const forms = [/^ {0,8}(\d{1,7}) ?\|(?: |$)/, /^ {0,8}(\d{1,7}):(?: |$)/, /^ {0,8}(\d{1,7})\t/] as const;

/** Null unless every old line has its number, in one form and one after the other; added lines all have one, or none. */
export function withoutLineNumbers(body: Body): Body | null {
  const first = body.find(({ op }) => op !== 'add')?.text.slice(0, 40) ?? '';
  const form = forms.find((each) => each.test(first));
  if (form === undefined) return null;
  const added = body.filter(({ op, text }) => op === 'add' && !isBlank(text));
  const both = added.length > 0 && added.every(({ text }) => form.test(text.slice(0, 40)));
  let expected: number | null = null;
  const lines: HunkLine[] = [];
  for (const line of body) {
    if (line.op === 'add' && !both) {
      lines.push(line);
      continue;
    }
    const match = form.exec(line.text.slice(0, 40));
    const number = Number(match?.[1]);
    if (line.op !== 'add' && (match === null || (expected !== null && number !== expected))) return null;
    if (line.op !== 'add') expected = number + 1;
    lines.push({ ...line, text: line.text.slice(match?.[0].length ?? 0) });
  }
  return lines;
}
