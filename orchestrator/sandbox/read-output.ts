import { refuse, type Refused } from '../outcome.ts';
import type { SandboxWatch } from '../ports/sandbox.ts';
import { LogKeeper } from './bounded-log.ts';
import { Demultiplexer } from './demultiplex.ts';
import type { SandboxPolicy } from './policy.ts';
import { BundleReader } from './read-bundle.ts';

/** Why reading stopped: the daemon closed the stream, or we had enough. `cause` is the socket's error, if it had one. */
export type OutputEnd =
  | { readonly kind: 'closed'; readonly cause: unknown }
  | { readonly kind: 'output_limit' }
  | Refused;

/** What one sandbox has said so far. */
export class SandboxOutput {
  readonly log = new LogKeeper();
  readonly bundle: BundleReader;
  readonly #frames = new Demultiplexer();
  readonly #logBytes: number;
  readonly #onLog: SandboxWatch['onLog'];
  #bundleAt: number | null = null;

  constructor(policy: Pick<SandboxPolicy, 'bundle' | 'logBytes'>, onLog: SandboxWatch['onLog']) {
    this.bundle = new BundleReader(policy.bundle);
    this.#logBytes = policy.logBytes;
    this.#onLog = onLog;
  }

  /** When the first part was complete, on `performance.now()`'s clock. */
  get bundleAt(): number | null {
    return this.#bundleAt;
  }

  /** False if the stream stopped in the middle of a frame or of the archive. */
  get complete(): boolean {
    return this.#frames.atRest && this.bundle.ended;
  }

  /** Reads until the stream ends, or until it has said something that ends the run. */
  async read(stdio: AsyncIterable<Uint8Array>): Promise<OutputEnd> {
    try {
      for await (const chunk of stdio) {
        const enough = this.#take(chunk);
        if (enough !== null) return enough;
      }
      return { kind: 'closed', cause: null };
    } catch (cause) {
      // Whether that is an end or an accident, the daemon will say.
      return { kind: 'closed', cause };
    }
  }

  #take(chunk: Uint8Array): OutputEnd | null {
    const { pieces, malformed } = this.#frames.push(chunk);
    for (const { stream, bytes } of pieces) {
      const enough = stream === 'stdout' ? this.#takeBundle(bytes) : this.#takeLog(bytes);
      if (enough !== null) return enough;
    }
    return malformed === null ? null : refuse('sandbox_crash', `Docker's output stream is broken: ${malformed}.`);
  }

  #takeBundle(bytes: Uint8Array): OutputEnd | null {
    const refused = this.bundle.push(bytes);
    if (this.bundle.bundle !== null) this.#bundleAt ??= performance.now();
    return refused;
  }

  #takeLog(bytes: Uint8Array): OutputEnd | null {
    this.log.add(bytes);
    this.#onLog(bytes);
    // A flood would fill the disks of all who store it, and keep us from reading anything else.
    return this.log.totalBytes > this.#logBytes ? { kind: 'output_limit' } : null;
  }
}
