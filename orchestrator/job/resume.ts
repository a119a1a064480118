import type { Base } from '../ports/git.ts';
import type { Proposal } from '../ports/proposal.ts';
import type { Job } from './job.ts';
import type { Publishable } from './publish.ts';

/**
 * What an earlier delivery had proven before it was cut off: its tree is in the mirror and its evidence on the row,
 * so nothing is asked or run a second time. Null when there is nothing to go on from.
 */
export async function resume(job: Job, proposal: Proposal, base: Base): Promise<Publishable | null> {
  const earlier = await job.ports.proposals.earlier(job.delivery);
  if (earlier?.tree === undefined || earlier.commit === undefined || earlier.evidence === undefined) return null;
  if (earlier.baseCommit !== base.commit) return null;
  const changes = await base.git.changes(base.commit, earlier.tree);
  const files = changes.map(({ path, status }) => ({ path, status }));
  return { proposal, base, tree: earlier.tree, files, evidence: earlier.evidence };
}
