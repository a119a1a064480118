import type Docker from 'dockerode';
import { describe, type Refused } from '../outcome.ts';
import type { Runner, SandboxOrder, SandboxRun, SandboxWatch } from '../ports/sandbox.ts';
import { checkHost } from './check-host.ts';
import { checkOrder } from './check-order.ts';
import { containerBody } from './container.ts';
import { connectDocker } from './docker.ts';
import { firstSlot, slotsPerRunner } from './first-slot.ts';
import { keepReaping } from './keep-reaping.ts';
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
  /** Sandboxes at one time, at most 128; further runs wait. */
  readonly concurrency: number;
  readonly log: Log;
  /** Between two looks for sandboxes past their deadline; a minute when absent. */
  readonly reapEveryMs?: number;
}

/** A runner on this machine's Docker; disposing ends its runs and waits until their containers are gone. */
export type LocalRunner = Runner & AsyncDisposable;

/** From the end of a run's wall clock until its container is certainly nobody's. */
const graceMs = 120_000;
const minuteMs = 60_000;

/**
 * Makes the runner, and removes what an earlier life of it left behind, now and once a minute. Works without Docker too:
 * then `ready` and `run` throw `Fault('sandbox_start_failed')`. Throws `RangeError` when `concurrency` is over its bound.
 */
export async function createLocalRunner(options: LocalRunnerOptions): Promise<LocalRunner> {
  const { image, policy, log, instanceId, concurrency, reapEveryMs = minuteMs } = options;
  // Beyond them are another runner's.
  if (concurrency > slotsPerRunner) throw new RangeError(`A runner has ${slotsPerRunner} slots, not ${concurrency}`);
  const docker = connectDocker(options.dockerSocket);
  const slots = new Slots(concurrency);
  const closing = new AbortController();
  const running = new Set<Promise<unknown>>();
  await tryReap(docker, instanceId, log);
  // What a killed runner left may have its deadline still ahead of it at the start.
  const reaper = keepReaping(() => tryReap(docker, instanceId, log), reapEveryMs);
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
      await reaper[Symbol.asyncDispose]();
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
  const number = firstSlot(instanceId, process.pid) + slot.number;
  const place = { image, imageEnvironment, runtime, instanceId, slot: number, deadline };
  // Awaited here: the slot is held until the container is gone.
  return await runSandbox({ docker, policy, body: containerBody(policy, order, place), order, log }, watch);
}

/** Never throws: a daemon that is down now is asked again. */
async function tryReap(docker: Docker, instanceId: string, log: Log): Promise<void> {
  try {
    await reap(docker, instanceId, log, new Date());
  } catch (error) {
    log.warn({ error: describe(error) }, 'Could not look for sandboxes that an earlier run left behind.');
  }
}
