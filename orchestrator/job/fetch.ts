import type { Refused } from '../outcome.ts';
import type { Base, Repository } from '../ports/git.ts';
import type { Proposal } from '../ports/proposal.ts';
import type { Job } from './job.ts';

/** Brings the base commit into the bare mirror, and pins it, so that a later delivery builds on the same one. */
export async function fetchBase(job: Job, proposal: Proposal, repository: Repository): Promise<Base | Refused> {
  const earlier = await job.ports.proposals.earlier(job.delivery);
  const pinned = earlier?.baseCommit ?? null;
  const base = await job.ports.repositories.fetchBase({ repository, branch: proposal.baseBranch, pinned }, job.signal);
  if (base.kind === 'base') await job.ports.proposals.progress(job.delivery, { baseCommit: base.commit });
  return base;
}
