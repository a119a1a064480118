/** Where an engine's sandboxes run: in this process, or in a runner of its own behind a socket. */
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Runner } from './ports/sandbox.ts';
import { createRemoteRunner } from './sandbox/runner-client.ts';

/** The runner that the settings name. With one of its own, an engine loads nothing that knows Docker. */
export async function openRunner(config: Config, log: Logger): Promise<Runner & AsyncDisposable> {
  if (config.SELF_CODING_RUNNER === 'local') {
    const { openLocalRunner } = await import('./wire-local-runner.ts');
    return (await openLocalRunner(config, log)).runner;
  }
  const token = config.SELF_CODING_RUNNER_TOKEN ?? null;
  const remote = createRemoteRunner({ address: config.SELF_CODING_RUNNER, token });
  return { ...remote, [Symbol.asyncDispose]: async () => undefined };
}
