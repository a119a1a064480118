/** Docker's attach stream: frames of 8 header bytes (stream, three zeros, length) and their content, two streams in one. */

export interface Piece {
  readonly stream: 'stdout' | 'stderr';
  readonly bytes: Uint8Array;
}

const headerBytes = 8;
/** The daemon copies in pieces of 32 KiB; a frame that promises more than this is no frame of Docker's. */
export const frameBytesMax = 1_048_576;

/**
 * Takes the stream apart as it arrives. It holds one header at most, so neither millions of one-byte frames nor a frame
 * that promises gigabytes use memory or stack (dockerode's own demultiplexer recurses for each frame: 7,000 end the process).
 */
export class Demultiplexer {
  readonly #header = new Uint8Array(headerBytes);
  #headerFilled = 0;
  #stream: Piece['stream'] = 'stdout';
  #missing = 0;

  /** True between frames: a stream that ends elsewhere was cut off. */
  get atRest(): boolean {
    return this.#headerFilled === 0 && this.#missing === 0;
  }

  /** The pieces in `chunk`, views of it. `malformed` says what is wrong; then nothing after it may be believed. */
  push(chunk: Uint8Array): { readonly pieces: readonly Piece[]; readonly malformed: string | null } {
    const pieces: Piece[] = [];
    let offset = 0;
    while (offset < chunk.byteLength) {
      if (this.#missing > 0) {
        const bytes = chunk.subarray(offset, offset + this.#missing);
        pieces.push({ stream: this.#stream, bytes });
        this.#missing -= bytes.byteLength;
        offset += bytes.byteLength;
        continue;
      }
      const part = chunk.subarray(offset, offset + headerBytes - this.#headerFilled);
      this.#header.set(part, this.#headerFilled);
      this.#headerFilled += part.byteLength;
      offset += part.byteLength;
      const malformed = this.#headerFilled === headerBytes ? this.#openFrame() : null;
      if (malformed !== null) return { pieces, malformed };
    }
    return { pieces, malformed: null };
  }

  #openFrame(): string | null {
    const [stream, ...zeros] = this.#header.subarray(0, 4);
    const length = new DataView(this.#header.buffer).getUint32(4);
    if ((stream !== 1 && stream !== 2) || zeros.some((zero) => zero !== 0)) return 'a frame of no known stream';
    // An empty frame says nothing; endless ones would keep us busy for ever without reaching any cap on bytes.
    if (length === 0 || length > frameBytesMax) return `a frame of ${length} bytes`;
    this.#stream = stream === 1 ? 'stdout' : 'stderr';
    this.#missing = length;
    this.#headerFilled = 0;
    return null;
  }
}
