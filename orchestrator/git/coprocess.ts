/**
 * One git process that answers one question after another. Starting a process takes the longer the more memory the
 * starter has (measured: 1.3 ms at 54 MB, 5 ms at 160 MB), which for many small diffs is most of the work.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { Fault } from '../outcome.ts';
import { commandLine, environmentOf, type GitCommand, killGroup, nameOf } from './command.ts';

export interface Coprocess extends AsyncDisposable {
  /**
   * Resolves to the answer to these lines. Questions wait for each other. Throws `Fault` when git ends, is silent for too
   * long or says too much; then it answers no more.
   */
  readonly ask: (lines: readonly string[]) => Promise<Uint8Array>;
}

/** What this command says to a line that is no question: it tells that everything before has been answered. */
type Echo = (line: string) => string;

const silentMs = 60_000;
/** Bytes of one answer. */
const mostBytes = 256 * 2 ** 20;

/** Starts git at once; dispose of it with `await using`. */
export function startCoprocess(command: Pick<GitCommand, 'args' | 'gitDir'>, echo: Echo): Coprocess {
  const child = start(command);
  // Held by the question that is open, not by one promise for all of them, which would keep every answer alive.
  const state: { broken: Fault | null; reject: (fault: Fault) => void } = { broken: null, reject: () => undefined };
  const fail = (why: string, cause?: unknown) => {
    state.broken ??= new Fault('internal_error', command.gitDir, `${nameOf(command)} ${why}`, { cause });
    state.reject(state.broken);
  };
  child.once('error', (cause) => fail('could not be run; is git installed?', cause));
  child.once('close', () => fail('ended before it had answered'));
  // A broken pipe is told by the end of the process.
  child.stdin.on('error', () => undefined);

  const answer = async (lines: readonly string[]): Promise<Uint8Array> => {
    if (state.broken !== null) throw state.broken;
    // Nobody can guess it, so nothing that is read can end an answer early.
    const marker = `end-${randomUUID()}`;
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    state.reject = reject;
    const stop = readUntil(child.stdout, Buffer.from(`${echo(marker)}\n`), { whole: resolve, fail });
    const clock = setTimeout(() => fail(`did not answer within ${silentMs} ms`), silentMs);
    child.stdin.write(`${[...lines, marker].join('\n')}\n`);
    try {
      return await promise;
    } finally {
      clearTimeout(clock);
      stop();
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    ask: (lines) => {
      const mine = last.then(() => answer(lines));
      last = mine.catch(() => 'told to the one who asked');
      return mine;
    },
    [Symbol.asyncDispose]: async () => {
      killGroup(child.pid);
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      child.stdout.destroy();
    },
  };
}

function start(command: Pick<GitCommand, 'args' | 'gitDir'>) {
  const [file, ...args] = commandLine(command);
  const env = environmentOf(command);
  return spawn(file, args, { cwd: '/', env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
}

/** Hands over everything before `end`, which must be the last that comes. Returns what stops the reading. */
function readUntil(
  stream: Readable,
  end: Buffer,
  { whole, fail }: { readonly whole: (bytes: Uint8Array) => void; readonly fail: (why: string) => void },
): () => void {
  const chunks: Buffer[] = [];
  let total = 0;
  let tail = Buffer.alloc(0);
  const listen = (chunk: Buffer) => {
    chunks.push(chunk);
    total += chunk.byteLength;
    if (total > mostBytes) fail(`answered with more than ${mostBytes} bytes`);
    tail = Buffer.concat([tail, chunk.subarray(-end.byteLength)]).subarray(-end.byteLength);
    if (tail.equals(end)) whole(Buffer.concat(chunks, total - end.byteLength));
  };
  stream.on('data', listen);
  return () => stream.off('data', listen);
}
