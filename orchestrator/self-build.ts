/** The path of one self_build job, top to bottom. Each step is a file in job/. */
import { admit } from './job/admit.ts';
import { evidenceOf, usageOf } from './job/evidence.ts';
import { fetchBase } from './job/fetch.ts';
import { openJob, type Ports } from './job/job.ts';
import { publish } from './job/publish.ts';
import { record } from './job/record.ts';
import { resume } from './job/resume.ts';
import { runRounds } from './job/rounds.ts';
import type { Delivery, Ending } from './ports/proposal.ts';

/**
 * admit → fetch → (draft ‖ prepare → inspect → prove → inspect)* → publish → record.
 * Returns how it ended. Throws a `Fault` when something outside broke: then the queue delivers the job again.
 */
export async function selfBuild(delivery: Delivery, ports: Ports, signal: AbortSignal): Promise<Ending> {
  const job = openJob(delivery, ports, signal);

  const admitted = await job.stage('admit', 'approval, risk, repository', () => admit(job));
  if (admitted.kind === 'refused') return record(job, admitted);
  const { proposal, repository } = admitted;

  const base = await job.stage('fetch', `${proposal.baseBranch} of ${repository.id}`, () =>
    fetchBase(job, proposal, repository),
  );
  if (base.kind === 'refused') return record(job, base);

  const proven = await resume(job, proposal, base);
  if (proven !== null) return record(job, await job.stage('publish', 'going on', () => publish(job, proven)));

  const rounds = await runRounds(job, proposal, base);
  const evidence = evidenceOf(rounds, ports.rails.skipTests);
  await ports.proposals.progress(delivery, { evidence, usage: usageOf(rounds) });
  if (rounds.result.kind === 'refused') return record(job, rounds.result);

  const { tree, files } = rounds.result;
  const publishable = { proposal, base, tree, files, evidence };
  return record(job, await job.stage('publish', 'commit, branch, pull request', () => publish(job, publishable)));
}
