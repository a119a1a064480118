import { Fault } from '../outcome.ts';
import type { Base, Change, TreeId } from '../ports/git.ts';
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
  const changes = await changesOf(job, base, earlier.tree);
  if (changes === null) return null;
  const files = changes.map(({ path, status }) => ({ path, status }));
  return { proposal, base, tree: earlier.tree, files, evidence: earlier.evidence };
}

/** Null when the tree is not here: the earlier delivery ran on an engine with another disk. Then the work is done again. */
async function changesOf(job: Job, base: Base, tree: TreeId): Promise<readonly Change[] | null> {
  try {
    return await base.git.changes(base.commit, tree);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'internal_error') throw error;
    job.ports.watcher.stage('publish', `the earlier delivery's tree ${tree} is not on this engine's disk`)();
    return null;
  }
}
