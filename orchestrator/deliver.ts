/** From a delivery of the queue to an ending, or to a throw that makes the queue deliver it again. */
import { type Code, describe, Fault, label, type Refused, refuse } from './outcome.ts';
import type { Ports } from './job/job.ts';
import type { Delivery, Ending } from './ports/proposal.ts';
import { selfBuild } from './self-build.ts';

export interface DeliverOptions {
  /** Aborted when the queue takes the job back, somebody cancels it, or the engine stops. */
  readonly signal: AbortSignal;
  /** The queue's own expiry; the job ends itself a little earlier. */
  readonly timeoutSeconds: number;
  readonly onFault: (error: unknown) => void;
}

/**
 * Runs the job. Resolves to its ending, or to null when another delivery took it over.
 * Throws what is worth another delivery; the last delivery records the fault as the proposal's ending instead.
 */
export async function deliver(delivery: Delivery, ports: Ports, options: DeliverOptions): Promise<Ending | null> {
  const clock = AbortSignal.timeout(milliseconds(options.timeoutSeconds));
  try {
    return await selfBuild(delivery, ports, AbortSignal.any([options.signal, clock]));
  } catch (error) {
    options.onFault(error);
    if (error instanceof Fault && error.code === 'lease_lost') return null;
    if (clock.aborted && !options.signal.aborted) return endWith(delivery, ports, outOfTime(options.timeoutSeconds));
    if (options.signal.aborted || !delivery.finalAttempt) throw error;
    return endWith(delivery, ports, refuse(codeOf(error), `${describe(error)} (after the last of several tries)`));
  }
}

/** Ends early enough to write down how it ended before the queue gives the job to somebody else. */
function milliseconds(timeoutSeconds: number): number {
  return Math.round((timeoutSeconds - Math.min(15, timeoutSeconds / 4)) * 1000);
}

function outOfTime(seconds: number): Refused {
  return refuse(
    'budget_exceeded',
    `The job took longer than AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS=${seconds} allows.`,
  );
}

/** The code under which a thrown thing is recorded. */
export function codeOf(error: unknown): Code {
  return error instanceof Fault ? error.code : 'internal_error';
}

async function endWith(delivery: Delivery, ports: Ports, refused: Refused): Promise<Ending> {
  const failure = label(refused);
  const auditNote = `failed: ${failure}: ${refused.reason.replace(/\s+/g, ' ').slice(0, 600)}`;
  const ending = { status: 'self_build_failed', failure, auditNote } as const;
  const over = ports.watcher.stage('record', auditNote);
  await ports.proposals.end(delivery, ending);
  over();
  return ending;
}
