/** What every command gets: settings, a place to speak, a log, and the signal of Ctrl-C. */
import type { Logger } from 'pino';
import { type Config, ConfigError, readConfig } from '../config.ts';
import { createScrubber, type Scrubber } from '../keys/scrub.ts';
import { createLog, secretsOf } from '../log.ts';
import { describe, Fault, label, type Refused } from '../outcome.ts';
import { PolicyError } from '../policy.ts';
import { SetUpError } from '../set-up/set-up-error.ts';
import { exit, type ExitCode } from './exit.ts';
import { createOutput, type Output, type Streams } from './output.ts';

export interface Context {
  readonly config: Config;
  readonly output: Output;
  readonly log: Logger;
  readonly scrubber: Scrubber;
  readonly signal: AbortSignal;
  readonly json: boolean;
}

export interface Terminal extends Streams {
  readonly signal: AbortSignal;
}

/** Runs a command with a context and turns whatever it throws into a message and an exit code. */
export async function runCommand(
  terminal: Terminal,
  json: boolean,
  command: (context: Context) => Promise<ExitCode>,
): Promise<ExitCode> {
  const secrets = createScrubber([]);
  const output = createOutput(terminal, json, (text) => secrets.scrub(text));
  try {
    const config = readConfig();
    for (const secret of secretsOf(config)) secrets.learn(secret);
    const log = createLog(config, secrets, terminal.stderr);
    return await command({ config, output, log, scrubber: secrets, signal: terminal.signal, json });
  } catch (error) {
    const code = terminal.signal.aborted ? 'cancelled' : error instanceof Fault ? error.code : null;
    const reason = terminal.signal.aborted ? 'interrupted' : describe(error);
    if (json) output.result({ kind: 'error', code, reason }, () => '');
    else output.progress(`error: ${reason}`);
    return exitCodeOf(error, terminal.signal);
  }
}

/** How a command ends that threw this. */
export function exitCodeOf(error: unknown, signal: AbortSignal): ExitCode {
  if (signal.aborted) return exit.interrupted;
  return isUsage(error) ? exit.usage : exit.fault;
}

function isUsage(error: unknown): boolean {
  return (
    error instanceof ConfigError ||
    error instanceof PolicyError ||
    error instanceof SetUpError ||
    error instanceof UsageError
  );
}

/** The command line itself is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The common end of commands that were refused; `code` is `code:detail` where there is one, as everywhere. */
export function refused(output: Output, refusal: Pick<Refused, 'code' | 'detail' | 'reason'>): ExitCode {
  output.result(refusalLine(refusal), () => `refused: ${label(refusal)}\n${refusal.reason}`);
  return exit.refused;
}

/** A refusal as JSON. */
export function refusalLine(refusal: Pick<Refused, 'code' | 'detail' | 'reason'>) {
  return { kind: 'refused' as const, code: label(refusal), reason: refusal.reason };
}
