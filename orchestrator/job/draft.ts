import type { Refused } from '../outcome.ts';
import type { Base } from '../ports/git.ts';
import type { Drafted, EarlierDraft } from '../ports/model.ts';
import type { Proposal } from '../ports/proposal.ts';
import { readContext } from './context.ts';
import type { Job } from './job.ts';

/** Asks the model for a diff: the proposal, files of the base commit, and what was wrong with its earlier drafts. */
export async function draft(
  job: Job,
  proposal: Proposal,
  base: Base,
  earlier: readonly EarlierDraft[],
): Promise<Drafted | Refused> {
  const { diffPolicy } = job.ports.rails;
  const context = await readContext(base.commit, base.git, proposal, diffPolicy);
  const { title, description, testCommand } = proposal;
  return job.ports.model.draft(
    { title, description, testCommand, allowedSuffixes: diffPolicy.suffixes, ...context, earlier },
    job.signal,
  );
}
