/** What every command gets: settings, a place to speak, a log, and the signal of Ctrl-C. */
import type { Logger } from 'pino';
import { type Config, ConfigError, readConfig } from '../config.ts';
import type { Scrubber } from '../keys/scrub.ts';
import { createLog, scrubberOf } from '../log.ts';
import { describe, Fault, type Refused } from '../outcome.ts';
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
  const output = createOutput(terminal, json);
  try {
    const config = readConfig();
    const scrubber = scrubberOf(config);
    const log = createLog(config, scrubber, terminal.stderr);
    return await command({ config, output, log, scrubber, signal: terminal.signal, json });
  } catch (error) {
    if (terminal.signal.aborted) {
      output.progress('interrupted');
      return exit.interrupted;
    }
    const code = error instanceof Fault ? error.code : null;
    if (json) output.result({ kind: 'error', code, reason: describe(error) }, () => '');
    else output.progress(`error: ${describe(error)}`);
    return isUsage(error) ? exit.usage : exit.fault;
  }
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

/** The common end of commands that were refused. */
export function refused(
  output: Output,
  { code, detail, reason }: Pick<Refused, 'code' | 'detail' | 'reason'>,
): ExitCode {
  output.result(
    { kind: 'refused', code, detail, reason },
    () => `refused: ${code}${detail === null ? '' : `:${detail}`}\n${reason}`,
  );
  return exit.refused;
}
