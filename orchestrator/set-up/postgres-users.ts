import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';

/**
 * Who uses the server: one open connection each, so that the kernel does the counting, and one who is killed lets go
 * like one who ends. Emits `change` whenever somebody comes or leaves.
 */
export class PostgresUsers {
  readonly #changes = new EventEmitter<{ change: [] }>();
  readonly #present = new Set<Socket>();
  readonly #unanswered = new Set<Socket>();
  /** Those who said goodbye (closed their half) and wait until what they leave is cleaned up. */
  readonly #leaving = new Set<Socket>();
  #nobody = new AbortController();

  get count(): number {
    return this.#present.size;
  }

  get areWaiting(): boolean {
    return this.#unanswered.size > 0;
  }

  /** Aborts when the last one leaves. */
  get nobody(): AbortSignal {
    return this.#nobody.signal;
  }

  add(socket: Socket): void {
    if (this.count === 0) this.#nobody = new AbortController();
    this.#present.add(socket);
    this.#unanswered.add(socket);
    socket.on('end', () => this.#remove(socket, true));
    socket.on('close', () => this.#remove(socket, false));
    // 'close' follows and says it all.
    socket.on('error', () => undefined);
    socket.resume();
    this.#changes.emit('change');
  }

  /** One line to everybody who has had none yet. */
  answer(line: string): void {
    for (const socket of this.#unanswered) socket.write(`${line}\n`);
    this.#unanswered.clear();
  }

  /** Closes the connections of those who said goodbye. */
  dismiss(): void {
    for (const socket of this.#leaving) socket.end();
    this.#leaving.clear();
  }

  dropAll(): void {
    for (const socket of this.#present) socket.destroy();
  }

  async change(signal?: AbortSignal): Promise<void> {
    await once(this.#changes, 'change', signal === undefined ? {} : { signal });
  }

  #remove(socket: Socket, waits: boolean): void {
    if (!this.#present.delete(socket)) return;
    this.#unanswered.delete(socket);
    if (waits) this.#leaving.add(socket);
    if (this.count === 0) this.#nobody.abort(new Error('nobody uses the database any more'));
    this.#changes.emit('change');
  }
}
