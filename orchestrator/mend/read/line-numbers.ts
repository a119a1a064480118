/** Numbers of a listing ("  12 | text", "12: text", "12<tab>text") that were copied with the lines. */
import { isBlank } from '../byte-text.ts';
import type { Body, HunkLine } from '../edit.ts';

const forms = [/^ {0,8}(\d{1,7}) ?\|(?: |$)/, /^ {0,8}(\d{1,7}):(?: |$)/, /^ {0,8}(\d{1,7})\t/] as const;

/** Null unless every old line has its number, in one form and one after the other, and it is clear which added ones have. */
export function withoutLineNumbers(body: Body): Body | null {
  const first = body.find(({ op }) => op !== 'add')?.text ?? '';
  const form = forms.find((each) => each.test(start(first)));
  const numbered = form === undefined ? null : numberedLines(body, form);
  const old = numbered?.filter(({ line }) => line.op !== 'add') ?? [];
  if (numbered === null || old.some(({ number }, at) => number !== (old[0]?.number ?? 0) + at)) return null;
  const both = areAddedNumbered(numbered, old[0]?.number ?? 0);
  if (both === null) return null;
  return numbered.map(({ line, length }) => {
    return line.op === 'add' && !both ? line : { ...line, text: line.text.slice(length) };
  });
}

/** Added lines that start as lines of a listing do. */
export function looksListed(body: Body): boolean {
  return body.some(({ op, text }) => op === 'add' && forms.some((form) => form.test(start(text))));
}

/** Two or more lines that do, numbered one after the other. */
export function isListing(body: Body): boolean {
  return forms.some((form) => {
    const numbers = numberedLines(body, form).map(({ number }) => number);
    const [first] = numbers;
    return numbers.length > 1 && typeof first === 'number' && numbers.every((each, at) => each === first + at);
  });
}

interface NumberedLine {
  readonly line: HunkLine;
  readonly number: number | null;
  /** Of the number and what separates it from the text. */
  readonly length: number;
}

function start(text: string): string {
  return text.slice(0, 40);
}

function numberedLines(body: Body, form: RegExp): readonly NumberedLine[] {
  return body.map((line) => {
    const match = form.exec(start(line.text));
    return { line, number: match === null ? null : Number(match[1]), length: match?.[0].length ?? 0 };
  });
}

/** Do added lines have numbers of the new file? Null where it can't be told from text that starts like one. */
function areAddedNumbered(lines: readonly NumberedLine[], first: number): boolean | null {
  let next = first;
  const offsets: number[] = [];
  let plain = 0;
  for (const { line, number } of lines) {
    if (line.op === 'remove') continue;
    if (line.op === 'add' && number !== null) offsets.push(number - next);
    if (line.op === 'add' && number === null && !isBlank(line.text)) plain += 1;
    next += 1;
  }
  const [offset] = offsets;
  if (offset === undefined) return false;
  if (plain > 0 || offsets.some((each) => each !== offset)) return null;
  return offset === 0 || offsets.length > 1 ? true : null;
}
