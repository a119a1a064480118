/** Output of git's `-z` formats: records that end in a NUL byte. */
import { isUtf8 } from 'node:buffer';
import { Fault } from '../outcome.ts';
import { printable } from './printable.ts';

/** The records without their NUL. Throws `Fault` when the last one is cut. */
export function* records(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  while (start < bytes.byteLength) {
    const end = bytes.indexOf(0, start);
    if (end === -1) throw malformed(bytes.subarray(start));
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

/**
 * A path as text. git's paths are bytes: in one that is no UTF-8, each byte above 0x7f is written as `\xNN`, and the
 * backslash makes policy refuse it. A replacement character would let two different paths look like one.
 */
export function pathFrom(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return buffer.toString('utf8');
  return buffer.toString('latin1').replace(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
}

/** git said something that its documentation does not; nothing may be concluded from it. */
export function malformed(record: Uint8Array): Fault {
  return new Fault('internal_error', 'git', `unexpected output of git: ${printable(record, 200)}`);
}
