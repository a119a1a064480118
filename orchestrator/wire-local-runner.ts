/** Sandboxes on this machine's Docker, from the settings. Only a process that runs them itself loads this. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { Fault, refuse } from './outcome.ts';
import { createLocalRunner, type LocalRunner } from './sandbox/local-runner.ts';
import { readSandboxPolicy, type SandboxPolicy } from './sandbox/policy.ts';
import { askEngine } from './set-up/engine.ts';
import { SetUpError } from './set-up/set-up-error.ts';
import { ensureImages, type SetUpOptions } from './set-up/set-up.ts';
import { silentSteps, type Steps } from './set-up/steps.ts';

export interface PolicedRunner {
  readonly runner: LocalRunner;
  readonly policy: SandboxPolicy;
}

/** A runner on this machine; Docker is asked for when the first sandbox is. Throws when the policy can't be used. */
export async function openLocalRunner(config: Config, log: Logger): Promise<PolicedRunner> {
  const policy = await readSandboxPolicy(join(config.projectRoot, 'policies', 'sandbox.json'));
  return { policy, runner: openedLate((closing) => openLocal(config, policy, log, closing)) };
}

/** Builds the sandbox image where it is missing. Unlike the demo's set-up it never installs or starts an engine. */
async function openLocal(
  config: Config,
  policy: SandboxPolicy,
  log: Logger,
  closing: AbortSignal,
): Promise<LocalRunner> {
  const { SELF_CODING_STATE_DIR: stateDir, SELF_CODING_DOCKER_SOCKET: socketPath } = config;
  const answer = await askEngine(socketPath);
  if (answer.kind === 'silent') {
    const problem = `No Docker Engine answers at ${socketPath} (${answer.why}); start it, or see: self-coding doctor`;
    throw new Fault('sandbox_start_failed', socketPath, problem);
  }
  const { image } = await ensureImages(setUpOptions(config, silentSteps), closing);
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

/**
 * Opens the runner at the first call. What set-up can't do by itself is a refusal; after any failure it is tried again.
 * Disposing aborts an opening that is under way and waits for its end; after it a call throws.
 */
export function openedLate(open: (closing: AbortSignal) => Promise<LocalRunner>): LocalRunner {
  let opening: Promise<LocalRunner> | null = null;
  const closing = new AbortController();
  const runner = async () => {
    closing.signal.throwIfAborted();
    opening ??= open(closing.signal);
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
      closing.abort(new Error('the runner is closing'));
      const [settled] = await Promise.allSettled([opening]);
      if (settled.status === 'fulfilled') await settled.value?.[Symbol.asyncDispose]();
    },
  };
}
