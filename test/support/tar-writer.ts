/** Writes tar archives of any kind, hostile ones above all. An oracle of its own: nothing of it comes from the code under test. */

export interface RawEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** '0' file, '1' link, '2' symlink, '3' character device, '4' block device, '5' directory, '6' FIFO, '7' contiguous, 'x' PAX, 'g' global PAX. */
  readonly type?: string;
  readonly linkName?: string;
  readonly prefix?: string;
  readonly magic?: string;
  /** The raw 12 bytes of the size field, where they shall not be the content's. */
  readonly sizeField?: Uint8Array | string;
  /** Added to the right checksum. */
  readonly checksumError?: number;
  readonly paddingByte?: number;
}

/** The blocks of one entry: header, content, padding. */
export function rawEntry(entry: RawEntry): Uint8Array {
  const content = Buffer.from(entry.content ?? '');
  const header = Buffer.alloc(512);
  header.write(entry.name, 0, 100, 'latin1');
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  Buffer.from(entry.sizeField ?? `${content.byteLength.toString(8).padStart(11, '0')}\0`).copy(header, 124);
  header.write('00000000000\0', 136);
  header.write(entry.type ?? '0', 156);
  header.write(entry.linkName ?? '', 157);
  header.write(entry.magic ?? 'ustar\x0000', 257, 'latin1');
  header.write(entry.prefix ?? '', 345);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0) + (entry.checksumError ?? 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const padding = Buffer.alloc((512 - (content.byteLength % 512)) % 512, entry.paddingByte ?? 0);
  return Buffer.concat([header, content, padding]);
}

/** The two blocks of zeros that end an archive. */
export const endBlocks = new Uint8Array(1024);

/** An archive of these entries, with its end. */
export function rawTar(...entries: readonly RawEntry[]): Uint8Array {
  return Buffer.concat([...entries.map(rawEntry), endBlocks]);
}

/** One record of a PAX header: its own length, a space, key=value, newline. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (length !== `${length}${rest}`.length) length = `${length}${rest}`.length;
  return `${length}${rest}`;
}
