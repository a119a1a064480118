import { once } from 'node:events';
import { serveRunner } from '../wire-runner-server.ts';
import type { Context } from './context.ts';
import { exit, type ExitCode } from './exit.ts';

export interface RunnerOptions {
  readonly listen?: string;
}

/** `self-coding runner`: serves sandboxes to engines until it is told to stop. Holds no secret but its own token. */
export async function runner({ listen }: RunnerOptions, { config, output, log, signal }: Context): Promise<ExitCode> {
  await using server = await serveRunner(config, listen ?? null, log);
  output.result(
    { kind: 'listening', address: server.address },
    () => `listening on ${server.address}; stop with Ctrl-C`,
  );
  if (!signal.aborted) await once(signal, 'abort');
  return exit.done;
}
