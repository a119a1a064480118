/** A runner of its own: this machine's sandboxes, served to engines. */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { parseListenAddress } from './sandbox/listen-address.ts';
import { type RunnerServer, startRunnerServer } from './sandbox/runner-server.ts';
import { openLocalRunner } from './wire-local-runner.ts';

/** `listen` is `unix:/path` (in the state directory when null), or `tcp:HOST:PORT` with a token. */
export async function serveRunner(config: Config, listen: string | null, log: Logger): Promise<RunnerServer> {
  await using opened = new AsyncDisposableStack();
  const address = parseListenAddress(listen ?? `unix:${join(config.SELF_CODING_STATE_DIR, 'runner.sock')}`);
  if (address.kind === 'unix') await mkdir(dirname(address.path), { recursive: true, mode: 0o700 });
  const { runner, policy } = await openLocalRunner(config, log);
  opened.use(runner);
  const token = config.SELF_CODING_RUNNER_TOKEN ?? null;
  const runsMax = config.SELF_CODING_CONCURRENCY * 2;
  const server = opened.use(await startRunnerServer({ runner, policy, listen: address, token, runsMax }));
  const kept = opened.move();
  return { address: server.address, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}
