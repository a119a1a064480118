import type Docker from 'dockerode';
import { describe, type Refused } from '../outcome.ts';
import type { Runner, SandboxOrder, SandboxRun, SandboxWatch } from '../ports/sandbox.ts';
import { checkHost } from './check-host.ts';
import { checkOrder } from './check-order.ts';
import { containerBody } from './container.ts';
import { connectDocker } from './docker.ts';
import type { Log } from './log.ts';
import type { SandboxPolicy } from './policy.ts';
import { reap } from './reap.ts';
import { runSandbox } from './run-sandbox.ts';
import { Slots } from './slots.ts';

export interface LocalRunnerOptions {
  readonly dockerSocket: string;
  /** Id of the sandbox image, `sha256:…`. */
  readonly image: string;
  readonly policy: SandboxPolicy;
  /** Whose sandboxes these are: the same after a restart, another for every other runner on the daemon. */
  readonly instanceId: string;
  /** Sandboxes at one time; further runs wait. */
  readonly concurrency: number;
  readonly log: Log;
}

/** A runner on this machine's Docker; disposing ends its runs and waits until their containers are gone. */
export type LocalRunner = Runner & AsyncDisposable;

/** From the end of a run's wall clock until its container is certainly nobody's. */
const graceMs = 120_000;

/**
 * Makes the runner, and removes what an earlier life of it left behind. Works without Docker too: then `ready` and
 * `run` throw `Fault('sandbox_start_failed')`.
 */
export async function createLocalRunner(options: LocalRunnerOptions): Promise<LocalRunner> {
  const { image, policy, log, instanceId } = options;
  const docker = connectDocker(options.dockerSocket);
  const slots = new Slots(options.concurrency);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  await reapAtStart(docker, instanceId, log);
  return {
    ready: async () => {
      const host = await checkHost(docker, image, policy);
      return host.kind === 'refused' ? host : { kind: 'ready' };
    },
    run: async (order, { signal, onLog }) => {
      const watch = { onLog, signal: AbortSignal.any([signal, closing.signal]) };
      const run = runInSlot({ ...options, docker, slots }, order, watch);
      running.add(run);
      return run.finally(() => running.delete(run));
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort(new Error('the runner is closing'));
      // Whoever asked for a run has its error; here only the end of it matters.
      await Promise.allSettled(running);
    },
  };
}

interface Workshop extends LocalRunnerOptions {
  readonly docker: Docker;
  readonly slots: Slots;
}

async function runInSlot(shop: Workshop, order: SandboxOrder, watch: SandboxWatch): Promise<SandboxRun | Refused> {
  const { docker, slots, image, policy, instanceId, log } = shop;
  const refused = checkOrder(order, policy);
  if (refused !== null) return refused;
  using slot = await slots.take(watch.signal);
  const host = await checkHost(docker, image, policy);
  if (host.kind === 'refused') return host;
  watch.signal.throwIfAborted();
  const seconds = Math.min(order.wallClockSeconds, policy.wallClockSeconds);
  const { runtime, imageEnvironment } = host;
  const deadline = new Date(Date.now() + seconds * 1000 + graceMs);
  const place = { image, imageEnvironment, runtime, instanceId, slot: slot.number, deadline };
  // Awaited here: the slot is held until the container is gone.
  return await runSandbox({ docker, policy, body: containerBody(policy, order, place), order, log }, watch);
}

async function reapAtStart(docker: Docker, instanceId: string, log: Log): Promise<void> {
  try {
    await reap(docker, instanceId, log, new Date());
  } catch (error) {
    log.warn({ error: describe(error) }, 'Could not look for sandboxes of an earlier run.');
  }
}
