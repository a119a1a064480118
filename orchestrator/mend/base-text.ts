/** A file of the base commit, prepared so that lines can be looked up by content. */
import { byteTextOf, looseKey, splitLines } from './byte-text.ts';

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
  const returns = lines.reduce((count, line) => count + (line.endsWith('\r') ? 1 : 0), 0);
  const ended = lines.length - (open ? 1 : 0);
  return {
    path,
    lines,
    open,
    ending: returns === 0 ? 'lf' : returns >= ended ? 'crlf' : 'mixed',
    exact: indexLines(lines, (line) => line),
    loose: indexLines(lines, (line) => looseKey(withoutMark(line))),
  };
}

/** Models never see a byte order mark, so it is no part of the first line's content. */
export function withoutMark(line: string): string {
  return line.startsWith(byteOrderMark) ? line.slice(byteOrderMark.length) : line;
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
  return { ids, idOf: (line) => idByKey.get(keyOf(line)), placesOf: (id) => places[id] ?? [] };
}

/** The `\r` that a new line of this file ends with; `like` = a neighbouring line, for files that mix endings. */
export function returnFor(base: BaseText, like: string | undefined): string {
  if (base.ending === 'mixed') return like?.endsWith('\r') === true ? '\r' : '';
  return base.ending === 'crlf' ? '\r' : '';
}
