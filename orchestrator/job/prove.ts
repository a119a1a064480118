import { inspect, type Accepted } from '../inspect/inspect.ts';
import type { Rules } from '../inspect/rules.ts';
import { refuse, type Refused } from '../outcome.ts';
import type { Base } from '../ports/git.ts';
import type { Proposal } from '../ports/proposal.ts';
import type { SandboxRun } from '../ports/sandbox.ts';
import type { Job } from './job.ts';

/** Runs a draft in a fresh sandbox. The answer is the run itself; `judge` says what it is worth. */
export async function prove(
  job: Job,
  proposal: Proposal,
  base: Base,
  input: { readonly pack: Uint8Array; readonly diff: Uint8Array },
): Promise<SandboxRun | Refused> {
  const { rails, runner, watcher } = job.ports;
  const order = {
    jobId: job.delivery.jobId,
    role: 'patched' as const,
    environment: 'default',
    testCommand: rails.skipTests ? null : proposal.testCommand,
    wallClockSeconds: rails.testSeconds,
    base: base.commit,
    pack: input.pack,
    diff: input.diff,
  };
  return runner.run(order, { signal: job.signal, onLog: (chunk) => watcher.log('patched', chunk) });
}

/**
 * The bundle first: its own patch goes through the same inspection from scratch, and must give the tree that was
 * accepted before the run, so that what was inspected, tested and published is one thing. Null = it is.
 */
export async function inspectBundle(
  base: Base,
  run: SandboxRun,
  { accepted, rules }: { readonly accepted: Accepted; readonly rules: Rules },
): Promise<Refused | null> {
  const { bundle } = run;
  if (bundle === null) return refuse('bundle_missing', 'The sandbox ended before it had handed back its patch.');
  if (bundle.manifest.base !== base.commit || bundle.manifest.tree !== accepted.tree) {
    return refuse(
      'bundle_mismatch',
      `The sandbox tested tree ${bundle.manifest.tree}, but ${accepted.tree} was accepted.`,
    );
  }
  const again = await inspect(base.commit, bundle.patch, base.git, rules);
  if (again.kind === 'refused')
    return refuse('bundle_mismatch', `The patch that came back is refused: ${again.reason}`);
  if (again.tree !== accepted.tree) {
    return refuse('bundle_mismatch', `The patch that came back makes tree ${again.tree}, not ${accepted.tree}.`);
  }
  return null;
}
