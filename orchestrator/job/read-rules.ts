import { readPolicyAt } from '../inspect/policy-at.ts';
import type { Rules } from '../inspect/rules.ts';
import type { Refused } from '../outcome.ts';
import type { Base } from '../ports/git.ts';
import type { Proposal } from '../ports/proposal.ts';
import type { Job } from './job.ts';

/** What drafts of this job are judged by: the operator's policy, the repository's own, and the approval. */
export async function readRules(job: Job, proposal: Proposal, base: Base): Promise<Rules | Refused> {
  const { rails } = job.ports;
  const read = await readPolicyAt(base.commit, base.git, rails.diffPolicy(base.repository));
  if (read.kind === 'refused') return read;
  const approved = { scope: proposal.scope, paths: proposal.allowedPaths };
  return { policy: read.policy, approved, findSecret: rails.findSecret };
}
