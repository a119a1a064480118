/**
 * One git process that answers one question after another. Starting a process takes the longer the more memory the
 * starter has (measured: 1.3 ms at 54 MB, 5 ms at 160 MB), which for many small diffs is most of the work.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Fault } from '../outcome.ts';
import { TooMuchOutput } from './run.ts';
import { commandLine, environmentOf, type GitCommand, killGroup, nameOf } from './command.ts';

/** What this command says to a line that is no question: it tells that everything before has been answered. */
type Echo = (line: string) => string;
type Command = Pick<GitCommand, 'args' | 'gitDir'>;

const silentMs = 60_000;
/** Bytes of one answer. */
const mostBytes = 256 * 2 ** 20;

export class Coprocess implements AsyncDisposable {
  readonly #command: Command;
  readonly #echo: Echo;
  readonly #child: ReturnType<typeof start>;
  #last: Promise<unknown> = Promise.resolve();
  /** Held by the question that is open, not by one promise for all of them, which would keep every answer alive. */
  #reject: (fault: Fault) => void = () => undefined;
  #broken: Fault | null = null;

  /** Starts git at once; dispose of it with `await using`. */
  constructor(command: Command, echo: Echo) {
    this.#command = command;
    this.#echo = echo;
    this.#child = start(command);
    this.#child.once('error', (cause) => this.#fail('could not be run; is git installed?', cause));
    this.#child.once('close', () => this.#fail('ended before it had answered'));
    // A broken pipe is told by the end of the process.
    this.#child.stdin.on('error', () => undefined);
  }

  /**
   * Resolves to the answer to these lines. Questions wait for each other. Throws `TooMuchOutput` over 256 MiB, and
   * `Fault` when git ends or is silent for too long; then it answers no more.
   */
  ask(lines: readonly string[]): Promise<Uint8Array> {
    const mine = this.#last.then(() => this.#answer(lines));
    this.#last = mine.catch(() => 'told to the one who asked');
    return mine;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pid, exitCode, signalCode, stdout } = this.#child;
    killGroup(pid);
    if (pid !== undefined && exitCode === null && signalCode === null) await once(this.#child, 'exit');
    stdout.destroy();
  }

  async #answer(lines: readonly string[]): Promise<Uint8Array> {
    if (this.#broken !== null) throw this.#broken;
    // Nobody can guess it, so nothing that is read can end an answer early.
    const marker = `end-${randomUUID()}`;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | 'too much'>();
    this.#reject = reject;
    const stop = readUntil(this.#child.stdout, Buffer.from(`${this.#echo(marker)}\n`), resolve);
    const clock = setTimeout(() => this.#fail(`did not answer within ${silentMs} ms`), silentMs);
    this.#child.stdin.write(`${[...lines, marker].join('\n')}\n`);
    try {
      const answer = await promise;
      if (answer !== 'too much') return answer;
    } finally {
      clearTimeout(clock);
      stop();
    }
    const { gitDir } = this.#command;
    throw new TooMuchOutput(
      'internal_error',
      gitDir,
      `${nameOf(this.#command)} answered with more than ${mostBytes} bytes`,
    );
  }

  #fail(why: string, cause?: unknown): void {
    this.#broken ??= new Fault('internal_error', this.#command.gitDir, `${nameOf(this.#command)} ${why}`, { cause });
    this.#reject(this.#broken);
  }
}

function start(command: Command) {
  const [file, ...args] = commandLine(command);
  const env = environmentOf(command);
  return spawn(file, args, { cwd: '/', env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
}

/** Hands over everything before `end`, which must be the last that comes, or says that it is too much. Returns what stops the reading. */
function readUntil(stream: Readable, end: Buffer, done: (bytes: Uint8Array | 'too much') => void): () => void {
  const chunks: Buffer[] = [];
  let total = 0;
  let tail = Buffer.alloc(0);
  const listen = (chunk: Buffer) => {
    total += chunk.byteLength;
    // Read to its end all the same, so that the next question gets its own answer.
    if (total > mostBytes) chunks.length = 0;
    else chunks.push(chunk);
    tail = Buffer.concat([tail, chunk.subarray(-end.byteLength)]).subarray(-end.byteLength);
    if (tail.equals(end)) done(total > mostBytes ? 'too much' : Buffer.concat(chunks, total - end.byteLength));
  };
  stream.on('data', listen);
  return () => stream.off('data', listen);
}
