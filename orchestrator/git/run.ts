/** Starts git and waits for its end: an argument list, a complete environment, a clock, caps, and an end to the whole group. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Fault } from '../outcome.ts';
import { commandLine, environmentOf, type GitCommand, killGroup, nameOf } from './command.ts';
import { capture, feed } from './streams.ts';
import { printable } from './printable.ts';

export type { GitCommand } from './command.ts';

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  /** Printable and bounded; for people, never for decisions. */
  readonly stderr: string;
}

type Ending =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'broken'; readonly cause: unknown }
  | { readonly kind: 'out_of_time'; readonly afterMs: number }
  | { readonly kind: 'output_limit'; readonly bytes: number }
  | { readonly kind: 'cancelled'; readonly cause: unknown };

const defaults = { timeoutMs: 120_000, stdoutBytes: 64 * 2 ** 20, stderrBytes: 16 * 2 ** 20 };

/** It said more than it was allowed to, and was ended. */
export class TooMuchOutput extends Fault {}

/** A bug of git's own ended it (an assertion, a segmentation fault): what it was given is at fault, not the machine. */
export class Crashed extends Fault {}

/** It took longer than it was allowed to, and was ended. */
export class OutOfTime extends Fault {}

/**
 * Runs git to its end. Any exit code is a result; a kill, a timeout, too much output or an abort is a `Fault`
 * (`cancelled` for the abort), and by then no process of the group is left.
 */
export async function run(command: GitCommand): Promise<GitResult> {
  const { signal } = command;
  if (signal?.aborted === true) throw faultOf(command, { kind: 'cancelled', cause: signal.reason }, '');
  const [file, ...args] = commandLine(command);
  // detached = a process group of its own, so that git's helpers (git-remote-https, index-pack) end with it.
  const child = spawn(file, args, { cwd: '/', env: environmentOf(command), stdio: 'pipe', detached: true });
  const stdout = capture(child.stdout, command.stdoutBytes ?? defaults.stdoutBytes, Infinity);
  // All of it, until it is scrubbed: a secret that is cut in two would escape, and one said a thousand times shrinks.
  const stderr = capture(child.stderr, defaults.stderrBytes, Infinity);
  const said = () => printable((command.scrub ?? String)(Buffer.from(stderr.bytes()).toString('utf8')));
  const ended = Promise.withResolvers<Ending>();
  const stopWatching = watch(command, ended.resolve);
  child.once('error', (cause) => ended.resolve({ kind: 'broken', cause }));
  child.once('close', (code, signal) => ended.resolve(exitOf(code, signal)));
  for (const bytes of [stdout.overflow, stderr.overflow]) {
    void bytes.then((limit) => ended.resolve({ kind: 'output_limit', bytes: limit }));
  }
  feed(child.stdin, command.stdin, (cause) => ended.resolve({ kind: 'broken', cause }));

  const ending = await ended.promise;
  stopWatching();
  if (ending.kind === 'exited') {
    return { exitCode: ending.exitCode, stdout: stdout.bytes(), stderr: said() };
  }
  killGroup(child.pid);
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  child.stdout.destroy();
  child.stderr.destroy();
  throw faultOf(command, ending, said());
}

/** As `run`, for a command that has no business failing. Throws `Fault` for any exit code but 0. */
export async function must(command: GitCommand): Promise<Uint8Array> {
  const result = await run(command);
  if (result.exitCode !== 0) {
    const message = `${nameOf(command)} exited with ${result.exitCode}: ${result.stderr}`;
    throw new Fault(command.fault ?? 'internal_error', command.gitDir, message);
  }
  return result.stdout;
}

function watch({ timeoutMs = defaults.timeoutMs, signal }: GitCommand, end: (ending: Ending) => void): () => void {
  const clock = setTimeout(() => end({ kind: 'out_of_time', afterMs: timeoutMs }), timeoutMs);
  const onAbort = () => end({ kind: 'cancelled', cause: signal?.reason });
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(clock);
    signal?.removeEventListener('abort', onAbort);
  };
}

function exitOf(code: number | null, signal: string | null): Ending {
  return code === null ? { kind: 'killed', signal: signal ?? 'unknown' } : { kind: 'exited', exitCode: code };
}

function faultOf(command: GitCommand, ending: Exclude<Ending, { readonly kind: 'exited' }>, stderr: string): Fault {
  const code = ending.kind === 'cancelled' ? 'cancelled' : (command.fault ?? 'internal_error');
  const cause = 'cause' in ending ? { cause: ending.cause } : {};
  const said = stderr === '' ? '' : `: ${stderr}`;
  const message = `${nameOf(command)} ${endingText(ending)}${said}`;
  return new (kindOf(ending))(code, command.gitDir, message, cause);
}

const crashes: readonly string[] = ['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGFPE'];

function kindOf(ending: Ending): typeof Fault {
  const { kind } = ending;
  if (kind === 'killed' && crashes.includes(ending.signal)) return Crashed;
  if (kind === 'out_of_time') return OutOfTime;
  return kind === 'output_limit' ? TooMuchOutput : Fault;
}

function endingText(ending: Exclude<Ending, { readonly kind: 'exited' }>): string {
  switch (ending.kind) {
    case 'killed':
      return `was ended by ${ending.signal}`;
    case 'broken':
      return 'could not be run; is git installed?';
    case 'out_of_time':
      return `did not end within ${ending.afterMs} ms`;
    case 'output_limit':
      return `wrote more than ${ending.bytes} bytes`;
    case 'cancelled':
      return 'was stopped';
  }
}
