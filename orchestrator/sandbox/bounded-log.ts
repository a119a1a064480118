import type { BoundedLog } from '../ports/sandbox.ts';

/** The beginning tells what was started, the end tells how it went; what is between is only counted. */
export const logEdgeBytes = 65_536;

/** Keeps the first and the last `edge` bytes of a log of any length, as bytes, in fixed memory. */
export class LogKeeper {
  readonly #head: Uint8Array;
  readonly #ring: Uint8Array;
  #total = 0;

  constructor(edge: number = logEdgeBytes) {
    this.#head = new Uint8Array(edge);
    this.#ring = new Uint8Array(edge);
  }

  get totalBytes(): number {
    return this.#total;
  }

  add(chunk: Uint8Array): void {
    const edge = this.#head.byteLength;
    const first = chunk.subarray(0, Math.max(0, edge - this.#total));
    this.#head.set(first, Math.min(this.#total, edge));
    this.#total += chunk.byteLength;
    this.#addToRing(chunk.subarray(first.byteLength).subarray(-edge));
  }

  /** `last` are the newest bytes of the log, at most one edge of them. */
  #addToRing(last: Uint8Array): void {
    const edge = this.#ring.byteLength;
    const at = (this.#total - last.byteLength) % edge;
    const untilWrap = last.subarray(0, edge - at);
    this.#ring.set(untilWrap, at);
    this.#ring.set(last.subarray(untilWrap.byteLength), 0);
  }

  /** What is kept. `tail` begins after `head`: together they are the whole log as long as nothing is left out. */
  keep(): BoundedLog {
    const edge = this.#head.byteLength;
    const head = this.#head.slice(0, Math.min(this.#total, edge));
    const tail = new Uint8Array(Math.min(edge, this.#total - head.byteLength));
    const start = (this.#total - tail.byteLength) % edge;
    const untilWrap = this.#ring.subarray(start, start + tail.byteLength);
    tail.set(untilWrap, 0);
    tail.set(this.#ring.subarray(0, tail.byteLength - untilWrap.byteLength), untilWrap.byteLength);
    return { head, tail, totalBytes: this.#total };
  }
}
