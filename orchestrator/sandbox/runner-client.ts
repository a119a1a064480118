import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Fault, type Refused } from '../outcome.ts';
import type { Runner, SandboxOrder, SandboxRun, SandboxWatch } from '../ports/sandbox.ts';
import { readLines } from './read-lines.ts';
import { askRunner, readFailure, type RunnerAddress, type RunnerCall } from './runner-request.ts';
import { lineSchema, readySchema, requestFiles, silenceMs } from './wire.ts';

const MiB = 1_048_576;
/** The longest result that a policy allows in one line, and the longest log in all of them. */
const caps = { lineBytes: 48 * MiB, totalBytes: 160 * MiB };

/** How long a runner may be full before that is a fault; a run of another job ends sooner or later. */
const patienceMs = 300_000;
const firstPauseMs = 1000;
const longestPauseMs = 10_000;

/**
 * A runner in another process, over HTTP. Throws `Fault('sandbox_start_failed')` when it can't be reached, breaks off or
 * is silent for a minute, or is full for longer than `patience` (milliseconds); the runner's own fault when it reports one;
 * the signal's reason on abort.
 */
export function createRemoteRunner(to: RunnerAddress, patience: number = patienceMs): Runner {
  return {
    ready: () => orFault(to, () => ready(to)),
    run: async (order, watch) => {
      try {
        watch.signal.throwIfAborted();
        return await orFault(to, () => run({ ...to, patience }, order, watch));
      } catch (error) {
        // The abort comes back as an error of the socket that it closed.
        watch.signal.throwIfAborted();
        throw error;
      }
    },
  };
}

async function ready(to: RunnerAddress): Promise<{ readonly kind: 'ready' } | Refused> {
  const response = await askRunner(to, { path: '/v1/ready', files: null, signal: AbortSignal.timeout(silenceMs) });
  if (response.statusCode !== 200) return readFailure(response, to.address);
  for await (const line of readLines(response, { lineBytes: 65_536, totalBytes: 65_536 })) {
    return readySchema.parse(JSON.parse(line));
  }
  throw new Error('an empty answer');
}

interface Patient extends RunnerAddress {
  readonly patience: number;
}

async function run(to: Patient, order: SandboxOrder, watch: SandboxWatch): Promise<SandboxRun | Refused> {
  const { pack, diff, jobId, role, environment, testCommand, wallClockSeconds, base } = order;
  const head = JSON.stringify({ jobId, role, environment, testCommand, wallClockSeconds, base });
  const content = [Buffer.from(head), pack, diff] as const;
  const files = requestFiles.map((name, index) => ({ name, bytes: content[index] ?? new Uint8Array() }));
  const response = await askUntilThereIsRoom(to, { path: '/v1/runs', files, signal: watch.signal });
  if (response.statusCode !== 200) return readFailure(response, to.address);
  for await (const text of readLines(response, caps)) {
    const line = z.decode(lineSchema, JSON.parse(text));
    switch (line.kind) {
      case 'alive':
        break;
      case 'log':
        watch.onLog(line.bytes);
        break;
      case 'result':
        return line.result;
      case 'fault':
        throw new Fault(line.code, line.subject, line.message);
    }
  }
  throw new Error('the answer broke off');
}

/** 503 means full: a fault at once would use up a delivery of the job for nothing. */
async function askUntilThereIsRoom(to: Patient, call: RunnerCall): Promise<IncomingMessage> {
  const lastAsk = performance.now() + to.patience;
  for (let pause = firstPauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
    const response = await askRunner(to, call);
    if (response.statusCode !== 503 || performance.now() + pause > lastAsk) return response;
    response.destroy();
    await sleep(pause, null, { signal: call.signal });
  }
}

async function orFault<T>({ address }: RunnerAddress, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('sandbox_start_failed', address, 'The runner can not be asked for a sandbox', { cause });
  }
}
