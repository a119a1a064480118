/**
 * Byte text: a string with one character (0–255) for each byte. Files need not be UTF-8, and what is not changed must
 * keep its bytes; so answer and base are compared as bytes and only decoded for messages and paths.
 */
export function toByteText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

export function byteTextOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function toBytes(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/** For people and paths: bytes that are no UTF-8 become U+FFFD. */
export function readable(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** Lines without their `\n` (a `\r` stays); `open` = the last one has none. */
export function splitLines(text: string): { readonly lines: readonly string[]; readonly open: boolean } {
  if (text === '') return { lines: [], open: false };
  const lines = text.split('\n');
  const open = lines.at(-1) !== '';
  return { lines: open ? lines : lines.slice(0, -1), open };
}

/** ASCII white space only: in byte text 0xA0 is part of many UTF-8 characters, and `trim()` would cut it off. */
export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

/** Without white space at the end (a `\r` included). A loop: `/\s+$/` is quadratic on hostile lines. */
export function trimEnd(line: string): string {
  let end = line.length;
  while (end > 0 && isSpace(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(0, end);
}

export function trim(line: string): string {
  return trimEnd(line.slice(indentOf(line).length));
}

/** The white space a line starts with. */
export function indentOf(line: string): string {
  let end = 0;
  while (end < line.length && isSpace(line.charCodeAt(end))) end += 1;
  return line.slice(0, end);
}

export function isBlank(line: string): boolean {
  return indentOf(line).length === line.length;
}

export function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** The line with each run of white space as one blank, and none at its ends: what is left when spacing is ignored. */
export function looseKey(line: string): string {
  return line
    .split(/[\t-\r ]+/)
    .filter((word) => word !== '')
    .join(' ');
}
