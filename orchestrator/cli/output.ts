/** Where a command speaks: results on stdout, progress on stderr; with `--json`, stdout carries JSON lines only. */
import type { Writable } from 'node:stream';

export interface Output {
  /** The command's result: one JSON line, or text for people. */
  readonly result: (value: unknown, text: () => string) => void;
  /** One JSON line, whatever was asked for. */
  readonly line: (value: unknown) => void;
  /** Something is under way or happened; never part of the result. */
  readonly progress: (text: string) => void;
}

export interface Streams {
  readonly stdout: Writable;
  readonly stderr: Writable;
}

/** `scrub` takes known secrets out of everything: an error may carry what a library put into its message. */
export function createOutput(streams: Streams, json: boolean, scrub: (text: string) => string): Output {
  return {
    result: (value, text) => streams.stdout.write(`${scrub(json ? JSON.stringify(value) : visible(text()))}\n`),
    line: (value) => streams.stdout.write(`${scrub(JSON.stringify(value))}\n`),
    progress: (text) => streams.stderr.write(`${scrub(visible(text))}\n`),
  };
}

/** Stored texts may hold anything; what reaches a terminal has its control and format characters written out. */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])\p{C}/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Rows under a header, columns padded; the last column is left as it is. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}
