import { z } from 'zod';
import { Fault, type Refused } from '../outcome.ts';
import type { Runner, SandboxOrder, SandboxRun, SandboxWatch } from '../ports/sandbox.ts';
import { readLines } from './read-lines.ts';
import { askRunner, readFailure, type RunnerAddress } from './runner-request.ts';
import { lineSchema, readySchema, requestFiles, silenceMs } from './wire.ts';

const MiB = 1_048_576;
/** The longest result that a policy allows in one line, and the longest log in all of them. */
const caps = { lineBytes: 48 * MiB, totalBytes: 160 * MiB };

/**
 * A runner in another process, over HTTP. Throws `Fault('sandbox_start_failed')` when it can't be reached, breaks off or
 * is silent for a minute; the runner's own fault when it reports one; the signal's reason on abort.
 */
export function createRemoteRunner(to: RunnerAddress): Runner {
  return {
    ready: () => orFault(to, () => ready(to)),
    run: async (order, watch) => {
      try {
        watch.signal.throwIfAborted();
        return await orFault(to, () => run(to, order, watch));
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

async function run(to: RunnerAddress, order: SandboxOrder, watch: SandboxWatch): Promise<SandboxRun | Refused> {
  const { pack, diff, jobId, role, environment, testCommand, wallClockSeconds, base } = order;
  const head = JSON.stringify({ jobId, role, environment, testCommand, wallClockSeconds, base });
  const content = [Buffer.from(head), pack, diff] as const;
  const files = requestFiles.map((name, index) => ({ name, bytes: content[index] ?? new Uint8Array() }));
  const response = await askRunner(to, { path: '/v1/runs', files, signal: watch.signal });
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

async function orFault<T>({ address }: RunnerAddress, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('sandbox_start_failed', address, 'The runner can not be asked for a sandbox', { cause });
  }
}
