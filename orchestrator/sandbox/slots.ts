/** A numbered place among the running sandboxes, given back on disposal. */
export interface Slot extends Disposable {
  readonly number: number;
}

interface Waiting {
  readonly give: (number: number) => void;
}

/** A semaphore that also numbers: at most `count` slots at a time, first come, first served. */
export class Slots {
  readonly #free: number[];
  readonly #waiting = new Set<Waiting>();

  constructor(count: number) {
    this.#free = Array.from({ length: count }, (_, number) => number);
  }

  /** Waits for the lowest free slot; throws the signal's reason if it is aborted meanwhile. */
  async take(signal: AbortSignal): Promise<Slot> {
    signal.throwIfAborted();
    const number = this.#free.shift() ?? (await this.#wait(signal));
    let held = true;
    return {
      number,
      [Symbol.dispose]: () => {
        if (held) this.#giveBack(number);
        held = false;
      },
    };
  }

  async #wait(signal: AbortSignal): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const waiting = { give: resolve };
    const giveUp = () => {
      this.#waiting.delete(waiting);
      reject(signal.reason);
    };
    this.#waiting.add(waiting);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #giveBack(number: number): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free.push(number);
      this.#free.sort((a, b) => a - b);
      return;
    }
    this.#waiting.delete(next);
    next.give(number);
  }
}
