import type { Refused } from '../outcome.ts';
import type { Base } from '../ports/git.ts';
import type { Proposal } from '../ports/proposal.ts';
import type { SandboxRun } from '../ports/sandbox.ts';
import type { Job } from './job.ts';

export interface Prepared {
  readonly kind: 'prepared';
  /** The base commit alone; every run of this job starts from these bytes. */
  readonly pack: Uint8Array;
  /** The tests on the untouched base; null when tests are switched off. */
  readonly baseRun: SandboxRun | null;
}

/** Preparation under way: `result` starts it at the first call; disposing stops it and waits until its sandbox is gone. */
export interface Preparation extends AsyncDisposable {
  readonly result: () => Promise<Prepared | Refused>;
}

/**
 * Everything that does not need the draft: the parcel's pack, and the tests on the untouched base.
 * A base whose tests fail is no error: that may be what the proposal is about.
 */
export function openPreparation(job: Job, proposal: Proposal, base: Base): Preparation {
  const stop = new AbortController();
  const signal = AbortSignal.any([job.signal, stop.signal]);
  const started: Promise<Prepared | Refused>[] = [];
  const begin = () => {
    const running = job.stage('prepare', 'tests on the untouched base', () => prepare(job, proposal, base, signal));
    started.push(running);
    return running;
  };
  return {
    result: () => started[0] ?? begin(),
    [Symbol.asyncDispose]: async () => {
      stop.abort(new Error('the job no longer needs its base run'));
      // Whoever asked for the result has its error; here only the end of it matters.
      await Promise.allSettled(started);
    },
  };
}

async function prepare(job: Job, proposal: Proposal, base: Base, signal: AbortSignal): Promise<Prepared | Refused> {
  const { rails, runner, watcher } = job.ports;
  const pack = await base.git.pack(base.commit);
  if (rails.skipTests) return { kind: 'prepared', pack, baseRun: null };
  const order = {
    jobId: job.delivery.jobId,
    role: 'base' as const,
    environment: 'default',
    testCommand: proposal.testCommand,
    wallClockSeconds: rails.testSeconds,
    base: base.commit,
    pack,
    diff: new Uint8Array(),
  };
  const run = await runner.run(order, { signal, onLog: (chunk) => watcher.log('base', chunk) });
  return run.kind === 'refused' ? run : { kind: 'prepared', pack, baseRun: run };
}
