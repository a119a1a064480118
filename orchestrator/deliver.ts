/** From a delivery of the queue to an ending, or to a throw that makes the queue deliver it again. */
import { type Code, describe, Fault, label, type Refused, refuse } from './outcome.ts';
import type { Ports } from './job/job.ts';
import { oneLine } from './job/record.ts';
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
    const outOfTime = clock.aborted && !options.signal.aborted;
    if (options.signal.aborted) throw error;
    const refused = outOfTime ? tookTooLong(options.timeoutSeconds) : refuse(codeOf(error), describe(error));
    const done = await committed(delivery, ports);
    // What may have left the machine is finished by another delivery, which goes on from the commit.
    if (!delivery.finalAttempt && (done !== null || !outOfTime)) throw error;
    return endWith(delivery, ports, done === null ? failed(refused) : completed(done, refused));
  }
}

interface Committed {
  readonly branch: string;
  readonly commit: string;
}

/** The commit of this job, if this or an earlier delivery got as far as making one. */
async function committed(delivery: Delivery, ports: Ports): Promise<Committed | null> {
  const known = await ports.proposals.earlier({ ...delivery, attempt: delivery.attempt + 1 });
  return known?.branch === undefined || known.commit === undefined
    ? null
    : { branch: known.branch, commit: known.commit };
}

/** Ends early enough to write down how it ended before the queue gives the job to somebody else. */
function milliseconds(timeoutSeconds: number): number {
  return Math.round((timeoutSeconds - Math.min(15, timeoutSeconds / 4)) * 1000);
}

function tookTooLong(seconds: number): Refused {
  return refuse(
    'budget_exceeded',
    `The job took longer than AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS=${seconds} allows.`,
  );
}

/** The code under which a thrown thing is recorded. */
export function codeOf(error: unknown): Code {
  return error instanceof Fault ? error.code : 'internal_error';
}

function failed(refused: Refused): Ending {
  const failure = label(refused);
  return { status: 'self_build_failed', failure, auditNote: `failed: ${failure}: ${oneLine(refused.reason)}` };
}

/** Branch and commit exist, and may have been pushed; only what came after did not work out. */
function completed({ branch, commit }: Committed, refused: Refused): Ending {
  const why = `${label(refused)}: ${oneLine(refused.reason)}`;
  const auditNote = `completed: branch ${branch}, commit ${commit}, no pull request recorded: ${why}`;
  return { status: 'self_build_completed', failure: null, auditNote };
}

async function endWith(delivery: Delivery, ports: Ports, ending: Ending): Promise<Ending> {
  const over = ports.watcher.stage('record', ending.auditNote);
  await ports.proposals.end(delivery, ending);
  over();
  return ending;
}
