/** One block of a tar archive, in the one form that this protocol has: POSIX ustar, a regular file, a short plain name. */

export const blockBytes = 512;

export type TarHeader =
  | { readonly kind: 'file'; readonly name: string; readonly size: number }
  | { readonly kind: 'zeros' }
  | { readonly kind: 'invalid'; readonly why: string };

/** Where the fields lie (POSIX.1-1988, "ustar interchange format"). */
const field = {
  name: [0, 100],
  mode: [100, 108],
  size: [124, 136],
  checksum: [148, 156],
  type: [156, 157],
  linkName: [157, 257],
  magic: [257, 265],
  prefix: [345, 512],
} as const;

/** The name of the format, and version "00". */
const magic = 'ustar\x0000';

/**
 * Reads one header block, and refuses every other form: links, devices, FIFOs, directories, PAX and GNU extensions
 * (which override name and size), other magics, prefixes, base-256 and padded numbers, a wrong checksum.
 */
export function readTarHeader(block: Uint8Array): TarHeader {
  if (block.every((byte) => byte === 0)) return { kind: 'zeros' };
  const text = Buffer.from(block).toString('latin1');
  const part = ([start, end]: readonly [number, number]) => text.slice(start, end);
  if (part(field.magic) !== magic) return invalid('a header that is not ustar');
  if (readOctal(part(field.checksum)) !== checksum(block)) return invalid('a header with a wrong checksum');
  if (part(field.type) !== '0') return invalid('an entry that is no regular file');
  if (isSet(part(field.linkName)) || isSet(part(field.prefix))) return invalid('an entry with a link or a prefix');
  // NUL ends a name, and only NUL may follow: two readers must not see two names.
  const name = /^([A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*)\0*$/.exec(part(field.name))?.[1];
  if (name === undefined) return invalid('an entry without a plain name');
  const size = readOctal(part(field.size));
  return size === null ? invalid('an entry whose size is no octal number') : { kind: 'file', name, size };
}

/** The header of a regular file that everyone may read; `name` as `readTarHeader` takes it, `size` below 8 GiB. */
export function writeTarHeader(name: string, size: number): Uint8Array {
  const block = Buffer.alloc(blockBytes);
  const write = ([start]: readonly [number, number], text: string) => block.write(text, start, 'latin1');
  write(field.name, name);
  write(field.mode, '0000644');
  write(field.size, size.toString(8).padStart(11, '0'));
  write(field.type, '0');
  write(field.magic, magic);
  write(field.checksum, `${checksum(block).toString(8).padStart(6, '0')}\0 `);
  const written = readTarHeader(block);
  if (written.kind === 'file' && written.name === name && written.size === size) return block;
  throw new RangeError(`No tar header can say ${JSON.stringify(name)} with ${size} bytes`);
}

function invalid(why: string): TarHeader {
  return { kind: 'invalid', why };
}

function isSet(text: string): boolean {
  return /[^\0]/.test(text);
}

/** A field filled with octal digits and their terminator; null for anything else, a sign or base-256 among it. */
function readOctal(text: string): number | null {
  const digits = /^([0-7]{6,11})(?:\0| |\0 )$/.exec(text)?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 8);
}

/** The sum of all bytes, the checksum's own counted as spaces. */
function checksum(block: Uint8Array): number {
  const [start, end] = field.checksum;
  let sum = 0;
  for (const [index, byte] of block.entries()) sum += index >= start && index < end ? 32 : byte;
  return sum;
}
