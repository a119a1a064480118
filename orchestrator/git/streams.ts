/** Bytes to and from a child process, within limits. */
import type { Readable, Writable } from 'node:stream';

export interface Capture {
  /** Settles with the limit when more than that arrived, and only then. */
  readonly overflow: Promise<number>;
  /** What arrived so far, or the first `keep` bytes of it. */
  bytes(): Uint8Array;
}

/** Collects a stream in memory: counts to `limit`, keeps `keep` bytes, discards the rest so that the writer never blocks. */
export function capture(stream: Readable, limit: number, keep: number): Capture {
  const chunks: Buffer[] = [];
  const overflow = Promise.withResolvers<number>();
  let total = 0;
  stream.on('data', (chunk: Buffer) => {
    const room = Math.min(keep, limit) - total;
    total += chunk.byteLength;
    if (total > limit) overflow.resolve(limit);
    if (room > 0) chunks.push(chunk.subarray(0, room));
  });
  return { overflow: overflow.promise, bytes: () => Buffer.concat(chunks) };
}

/** Writes everything and closes. A reader that stops reading is no error here: its exit code says why it did. */
export function feed(stream: Writable, bytes: Uint8Array | undefined, broken: (cause: unknown) => void): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') broken(error);
  });
  stream.end(bytes ?? new Uint8Array());
}
