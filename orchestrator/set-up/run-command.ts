/** Runs programs of the host in a process group of their own, so that an abort ends them with all their children. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './error-code.ts';
import { withoutSecrets } from './fetch-package.mjs';

export interface CommandOptions {
  readonly signal: AbortSignal;
  readonly cwd?: string;
  /** All that the program gets to know; without it, what we were given ourselves, less our secrets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** From SIGTERM to SIGKILL after an abort, in ms. */
  readonly graceMs?: number;
}

export interface RunningCommand {
  readonly stdout: Readable;
  /** The end of what it wrote to stderr; rejects with `CommandFailed`, or with the signal's reason after an abort. */
  readonly finished: Promise<string>;
}

/** A program that couldn't be started or ended badly; `output` is the end of what it said. */
export class CommandFailed extends Error {
  readonly exitCode: number | null;
  readonly output: string;

  constructor(
    argv: readonly string[],
    exitCode: number | null,
    output: string,
    options?: { readonly cause?: unknown },
  ) {
    const how = exitCode === null ? 'was killed or could not be started' : `ended with exit code ${exitCode}`;
    // Without the variables that `env` sets before the program.
    const words = argv.filter((word, index) => !(index === 0 && word === 'env') && !/^[A-Z_]+=/.test(word));
    super(`${words.slice(0, 2).join(' ')} ${how}${output === '' ? '' : `:\n${output}`}`, options);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
    this.output = output;
  }
}

const keptBytes = 4096;

function keepTail(stream: Readable): () => string {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-keptBytes);
  });
  return () => tail.toString('utf8').trim();
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // Already gone.
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Ends with the process; a grandchild that holds its pipes open (a service it started) gets two seconds, no more. */
async function ended(child: ChildProcess): Promise<number | null> {
  const closed = once(child, 'close');
  await Promise.race([closed, once(child, 'exit').then(() => sleep(2000, undefined, { ref: false }))]);
  return child.exitCode;
}

function endOnAbort(child: ChildProcess, { signal, graceMs = 5000 }: CommandOptions): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    killGroup(child, 'SIGTERM');
    timer = setTimeout(() => killGroup(child, 'SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    if (signal.aborted) killGroup(child, 'SIGKILL');
  };
}

/** Starts a program and hands out its stdout, which must be read. */
export function startCommand(argv: readonly string[], options: CommandOptions): RunningCommand {
  options.signal.throwIfAborted();
  const [program = '', ...args] = options.env === undefined ? withoutSecrets(argv) : argv;
  const { cwd, env, uid, gid } = options;
  const child = spawn(program, args, { cwd, env, uid, gid, detached: true, stdio: 'pipe' });
  const tail = keepTail(child.stderr);
  // It may end without reading what we give it; its exit code says whether that matters.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const release = endOnAbort(child, options);
  const finished = ended(child)
    .finally(release)
    .then(
      (exitCode) => {
        options.signal.throwIfAborted();
        if (exitCode !== 0) throw new CommandFailed(argv, exitCode, tail());
        return tail();
      },
      (cause: unknown) => {
        throw new CommandFailed(argv, null, tail(), { cause });
      },
    );
  // Whoever waits for it is told; one who still reads stdout first must not bring the process down.
  finished.catch(() => undefined);
  return { stdout: child.stdout, finished };
}

/** Runs a program to its end and returns the end of what it wrote to stdout, or throws what `finished` rejects with. */
export async function runCommand(argv: readonly string[], options: CommandOptions): Promise<string> {
  const command = startCommand(argv, options);
  const tail = keepTail(command.stdout);
  await command.finished;
  return tail();
}
