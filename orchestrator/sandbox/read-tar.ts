import { refuse, type Refused } from '../outcome.ts';
import { blockBytes, readTarHeader } from './tar-header.ts';

/** A regular file in an archive, and its place in it, from 0. */
export interface TarEntry {
  readonly name: string;
  readonly size: number;
  readonly index: number;
}

/** What may come, and what to do with it. */
export interface TarRules {
  /** Asked before any memory is taken for the entry; null = it may come. */
  readonly allow: (entry: TarEntry) => Refused | null;
  readonly take: (entry: TarEntry, bytes: Uint8Array) => Refused | null;
}

interface Filling {
  readonly entry: TarEntry;
  readonly bytes: Uint8Array;
  filled: number;
}

/**
 * Reads an archive from untrusted hands as it arrives, into memory, entry by entry. Nothing is ever extracted to disk.
 *
 * Its own reader, for tar-stream accepts what this protocol must not: archives without an end or with data behind it,
 * global headers, sizes below zero, names given twice over by extensions. An entry's memory is taken only after its
 * size has passed the cap. After a refusal nothing more may be pushed.
 */
export class TarReader {
  readonly #rules: TarRules;
  readonly #block = new Uint8Array(blockBytes);
  #blockFilled = 0;
  #filling: Filling | null = null;
  #padding = 0;
  #entries = 0;
  #zeroBlocks = 0;

  constructor(rules: TarRules) {
    this.#rules = rules;
  }

  /** True once both blocks of zeros that end an archive have come. */
  get ended(): boolean {
    return this.#zeroBlocks === 2;
  }

  push(chunk: Uint8Array): Refused | null {
    let rest = chunk;
    while (rest.byteLength > 0) {
      const step = this.#step(rest);
      if (typeof step !== 'number') return step;
      rest = rest.subarray(step);
    }
    return null;
  }

  /** Uses up some bytes; answers how many. */
  #step(rest: Uint8Array): number | Refused {
    if (this.ended) return invalid('data after its end');
    if (this.#filling !== null) return this.#fillEntry(this.#filling, rest);
    if (this.#padding > 0) return this.#skipPadding(rest);
    const part = rest.subarray(0, blockBytes - this.#blockFilled);
    this.#block.set(part, this.#blockFilled);
    this.#blockFilled += part.byteLength;
    return (this.#blockFilled === blockBytes ? this.#openEntry() : null) ?? part.byteLength;
  }

  #openEntry(): Refused | null {
    this.#blockFilled = 0;
    const header = readTarHeader(this.#block);
    switch (header.kind) {
      case 'invalid':
        return invalid(header.why);
      case 'zeros':
        this.#zeroBlocks += 1;
        return null;
      case 'file': {
        if (this.#zeroBlocks > 0) return invalid('an entry after its end');
        const entry = { name: header.name, size: header.size, index: this.#entries };
        const refused = this.#rules.allow(entry);
        if (refused !== null) return refused;
        this.#filling = { entry, bytes: new Uint8Array(entry.size), filled: 0 };
        return entry.size === 0 ? this.#closeEntry(this.#filling) : null;
      }
    }
  }

  #fillEntry(filling: Filling, rest: Uint8Array): number | Refused {
    const part = rest.subarray(0, filling.entry.size - filling.filled);
    filling.bytes.set(part, filling.filled);
    filling.filled += part.byteLength;
    return (filling.filled === filling.entry.size ? this.#closeEntry(filling) : null) ?? part.byteLength;
  }

  #closeEntry({ entry, bytes }: Filling): Refused | null {
    this.#filling = null;
    this.#entries += 1;
    this.#padding = (blockBytes - (entry.size % blockBytes)) % blockBytes;
    return this.#rules.take(entry, bytes);
  }

  #skipPadding(rest: Uint8Array): number | Refused {
    const part = rest.subarray(0, this.#padding);
    // Data hidden where other readers don't look.
    if (part.some((byte) => byte !== 0)) return invalid('an entry that is not padded with zeros');
    this.#padding -= part.byteLength;
    return part.byteLength;
  }
}

/** Anything that the protocol does not have, anywhere. */
export function invalid(what: string): Refused {
  return refuse('bundle_invalid', `The archive holds ${what}.`);
}
