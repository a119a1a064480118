import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { Refused } from '../outcome.ts';
import type { SandboxOrder, SandboxRun, SandboxWatch } from '../ports/sandbox.ts';
import { conclude } from './conclude.ts';
import type { ContainerBody } from './container.ts';
import { createContainer } from './create-container.ts';
import { firstEnd } from './first-end.ts';
import type { Log } from './log.ts';
import type { SandboxContainer } from './open-container.ts';
import type { SandboxPolicy } from './policy.ts';
import { type OutputEnd, SandboxOutput } from './read-output.ts';
import { sendParcel } from './send-parcel.ts';

export interface RunInput {
  readonly docker: Docker;
  readonly policy: SandboxPolicy;
  readonly body: ContainerBody;
  readonly order: SandboxOrder;
  readonly log: Log;
}

/** After a kill the output ends at once; this only ends a hopeless wait. */
const lastWordsMs = 10_000;

/**
 * One container, one run: create, attach, start, send the parcel, wait for the first end, remove.
 * Refuses with a `sandbox_*` or `bundle_*` code; throws `Fault` when Docker is gone, and the signal's reason on abort.
 * In `timingsMs`, `start` runs until the container was started, `bundle` from then until its first part was complete.
 */
export async function runSandbox(input: RunInput, watch: SandboxWatch): Promise<SandboxRun | Refused> {
  const { docker, policy, body, order, log } = input;
  const opened = performance.now();
  const created = await createContainer(docker, body, log);
  if (created.kind === 'refused') return created;
  await using container = created;
  const stdio = await container.attach();
  const output = new SandboxOutput(policy, watch.onLog);
  // Reading begins before the start: nothing is lost, and a socket that breaks always has someone who hears of it.
  const reading = output.read(stdio);
  await container.start();
  const started = performance.now();
  const over = new AbortController();
  const seconds = Math.min(order.wallClockSeconds, policy.wallClockSeconds);
  void sendParcel({ ...order, wallClockSeconds: seconds }, stdio, over.signal);
  const end = await firstEnd(reading, seconds, watch.signal).finally(() => over.abort());
  if (end.kind !== 'closed') await stop(container, reading);
  const received = { bundle: output.bundle.bundle, complete: output.complete };
  const ended = conclude(end, await container.endState(), received);
  if (ended.kind === 'refused') return ended;
  return {
    kind: 'ran',
    end: ended.end,
    exitCode: ended.exitCode,
    bundle: received.bundle,
    report: output.bundle.report,
    log: output.log.keep(),
    image: body.Image,
    runtime: body.HostConfig.Runtime,
    timingsMs: {
      start: Math.round(started - opened),
      bundle: output.bundleAt === null ? null : Math.round(output.bundleAt - started),
      total: Math.round(performance.now() - opened),
    },
  };
}

async function stop(container: SandboxContainer, reading: Promise<OutputEnd>): Promise<void> {
  await container.kill();
  const over = new AbortController();
  const patience = sleep(lastWordsMs, null, { signal: over.signal }).catch(() => null);
  await Promise.race([reading, patience]);
  over.abort();
}
