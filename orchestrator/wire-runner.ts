/** Where sandboxes run: in this process, or in a runner of its own behind a socket. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { Fault, refuse } from './outcome.ts';
import type { Runner } from './ports/sandbox.ts';
import { parseListenAddress } from './sandbox/listen-address.ts';
import { createLocalRunner, type LocalRunner } from './sandbox/local-runner.ts';
import { readSandboxPolicy, type SandboxPolicy } from './sandbox/policy.ts';
import { createRemoteRunner } from './sandbox/runner-client.ts';
import { type RunnerServer, startRunnerServer } from './sandbox/runner-server.ts';
import { SetUpError } from './set-up/set-up-error.ts';
import { ensureImages, type SetUpOptions } from './set-up/set-up.ts';
import { askEngine } from './set-up/engine.ts';
import { silentSteps, type Steps } from './set-up/steps.ts';

/** The runner that the settings name. A local one is made when it is first needed: an engine starts without Docker. */
export async function openRunner(config: Config, log: Logger): Promise<Runner & AsyncDisposable> {
  const token = config.SELF_CODING_RUNNER_TOKEN ?? null;
  if (config.SELF_CODING_RUNNER !== 'local') {
    const remote = createRemoteRunner({ address: config.SELF_CODING_RUNNER, token });
    return { ...remote, [Symbol.asyncDispose]: async () => undefined };
  }
  const policy = await readPolicy(config);
  return openedLate(() => openLocal(config, policy, log));
}

/** Serves a local runner to engines. `listen` is `unix:/path`, or `tcp:HOST:PORT` with a token. */
export async function serveRunner(config: Config, listen: string | null, log: Logger): Promise<RunnerServer> {
  await using opened = new AsyncDisposableStack();
  const policy = await readPolicy(config);
  const address = parseListenAddress(listen ?? `unix:${join(config.SELF_CODING_STATE_DIR, 'runner.sock')}`);
  if (address.kind === 'unix') await mkdir(dirname(address.path), { recursive: true, mode: 0o700 });
  const runner = opened.use(openedLate(() => openLocal(config, policy, log)));
  const token = config.SELF_CODING_RUNNER_TOKEN ?? null;
  const runsMax = config.SELF_CODING_CONCURRENCY * 2;
  const server = opened.use(await startRunnerServer({ runner, policy, listen: address, token, runsMax }));
  const kept = opened.move();
  return { address: server.address, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function readPolicy(config: Config): Promise<SandboxPolicy> {
  return readSandboxPolicy(join(config.projectRoot, 'policies', 'sandbox.json'));
}

/** Builds the sandbox image where it is missing. Unlike the demo's set-up it never installs or starts an engine. */
async function openLocal(config: Config, policy: SandboxPolicy, log: Logger): Promise<LocalRunner> {
  const { SELF_CODING_STATE_DIR: stateDir, SELF_CODING_DOCKER_SOCKET: socketPath } = config;
  const answer = await askEngine(socketPath);
  if (answer.kind === 'silent') {
    const problem = `No Docker Engine answers at ${socketPath} (${answer.why}); start it, or see: self-coding doctor`;
    throw new Fault('sandbox_start_failed', socketPath, problem);
  }
  const { image } = await ensureImages(setUpOptions(config, silentSteps), new AbortController().signal);
  return createLocalRunner({
    dockerSocket: socketPath,
    image,
    policy,
    instanceId: instanceOf(stateDir),
    // The base run and the patched run of each job may overlap with those of the next.
    concurrency: config.SELF_CODING_CONCURRENCY * 2,
    log,
  });
}

/** What set-up has to know of the settings. */
export function setUpOptions(config: Config, steps: Steps): SetUpOptions {
  const baseImage = config.SELF_CODING_BASE_IMAGE;
  return {
    steps,
    stateDir: config.SELF_CODING_STATE_DIR,
    socketPath: config.SELF_CODING_DOCKER_SOCKET,
    ...(baseImage === undefined ? {} : { baseImage }),
  };
}

/** Whose sandboxes are whose: the same after a restart, another for every other state directory or host. */
export function instanceOf(stateDir: string): string {
  return createHash('sha256').update(`${hostname()}\0${stateDir}`).digest('hex').slice(0, 16);
}

/** Opens the runner at the first call. What set-up can't do by itself is a refusal; after any failure it is tried again. */
function openedLate(open: () => Promise<LocalRunner>): LocalRunner {
  let opening: Promise<LocalRunner> | null = null;
  const runner = async () => {
    opening ??= open();
    try {
      return await opening;
    } catch (error) {
      opening = null;
      if (error instanceof SetUpError) return refuse('sandbox_unsupported_host', error.message);
      throw error;
    }
  };
  return {
    ready: async () => {
      const opened = await runner();
      return 'kind' in opened ? opened : opened.ready();
    },
    run: async (order, watch) => {
      const opened = await runner();
      return 'kind' in opened ? opened : opened.run(order, watch);
    },
    [Symbol.asyncDispose]: async () => {
      const [settled] = await Promise.allSettled([opening]);
      if (settled.status === 'fulfilled') await settled.value?.[Symbol.asyncDispose]();
    },
  };
}
