/** A file of the base commit, prepared so that lines can be looked up by content. */
import { byteTextOf, looseKey, readable, splitLines, toByteText } from '../byte-text.ts';

/** Lines as small numbers: equal lines have equal ids, and each id knows where its lines are. */
export interface LineIndex {
  readonly ids: readonly number[];
  readonly idOf: (line: string) => number | undefined;
  readonly placesOf: (id: number) => readonly number[];
}

export interface BaseText {
  readonly path: string;
  /** Byte text without `\n`; a `\r` is part of the line. */
  readonly lines: readonly string[];
  /** The lines as a model was shown them: decoded, without a byte order mark. */
  readonly shown: readonly string[];
  /** Some bytes are no UTF-8, so that what was shown can't be turned back. */
  readonly lossy: boolean;
  /** The last line has no `\n`. */
  readonly open: boolean;
  readonly ending: 'lf' | 'crlf' | 'mixed';
  /** By the whole line. */
  readonly exact: LineIndex;
  /** By the line with its white space ignored. */
  readonly loose: LineIndex;
}

const byteOrderMark = '\xef\xbb\xbf';

export function readBaseText(path: string, bytes: Uint8Array): BaseText {
  const { lines, open } = splitLines(byteTextOf(bytes));
  const shown = lines.map((line) => decoded(withoutMark(line)));
  const returns = lines.reduce((count, line) => count + (line.endsWith('\r') ? 1 : 0), 0);
  const ended = lines.length - (open ? 1 : 0);
  return {
    path,
    lines,
    shown,
    lossy: lines.some((line, at) => withoutMark(line) !== shown[at]),
    open,
    ending: returns === 0 ? 'lf' : returns >= ended ? 'crlf' : 'mixed',
    exact: indexLines(lines, (line) => line),
    loose: indexLines(shown, looseKey),
  };
}

/** Models never see a byte order mark, so it is no part of the first line's content. */
export function withoutMark(line: string): string {
  return line.startsWith(byteOrderMark) ? line.slice(byteOrderMark.length) : line;
}

/** Bytes that are no UTF-8 reach a model as U+FFFD. */
function decoded(line: string): string {
  return /[\x80-\xff]/.test(line) ? toByteText(readable(line)) : line;
}

function indexLines(lines: readonly string[], keyOf: (line: string) => string): LineIndex {
  const idByKey = new Map<string, number>();
  const places: number[][] = [];
  const ids = lines.map((line, at) => {
    const key = keyOf(line);
    const id = idByKey.get(key) ?? places.length;
    if (id === places.length) {
      idByKey.set(key, id);
      places.push([]);
    }
    places[id]?.push(at);
    return id;
  });
  // Keys of long lines cost time, and the same lines are asked for again and again.
  const asked = new Map<string, number | undefined>();
  const idOf = (line: string): number | undefined => {
    if (!asked.has(line)) asked.set(line, idByKey.get(keyOf(line)));
    return asked.get(line);
  };
  return { ids, idOf, placesOf: (id) => places[id] ?? [] };
}

/** The `\r` that a new line of this file ends with; `like` = a neighbouring line, for files that mix endings. */
export function returnFor(base: BaseText, like: string | undefined): string {
  if (base.ending === 'mixed') return like?.endsWith('\r') === true ? '\r' : '';
  return base.ending === 'crlf' ? '\r' : '';
}
