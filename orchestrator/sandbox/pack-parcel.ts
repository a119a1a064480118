import { blockBytes, writeTarHeader } from './tar-header.ts';

/** A file of an archive that we make. */
export interface ParcelFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A tar of these files, in this order, piece by piece as it is read. Nothing in it depends on this machine or moment.
 * A plain generator, for its reader may stop half-way: an abandoned tar-stream raises errors that nobody can catch.
 */
export function* packParcel(files: readonly ParcelFile[]): Generator<Uint8Array> {
  for (const { name, bytes } of files) {
    yield writeTarHeader(name, bytes.byteLength);
    if (bytes.byteLength > 0) yield bytes;
    const beyond = bytes.byteLength % blockBytes;
    if (beyond > 0) yield new Uint8Array(blockBytes - beyond);
  }
  yield new Uint8Array(2 * blockBytes);
}
