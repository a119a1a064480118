import type { Refused } from '../outcome.ts';
import type { Drafted, EarlierDraft } from '../ports/model.ts';
import type { Subject } from './attempt.ts';
import { readContext } from './context.ts';
import type { Job } from './job.ts';

/** Asks the model for a diff: the proposal, files of the base commit, and what was wrong with its earlier drafts. */
export async function draft(
  job: Job,
  { proposal, base, rules: { policy } }: Pick<Subject, 'proposal' | 'base' | 'rules'>,
  earlier: readonly EarlierDraft[],
): Promise<Drafted | Refused> {
  const context = await readContext(base.commit, base.git, proposal, policy);
  const { title, description, testCommand } = proposal;
  return job.ports.model.draft(
    { title, description, testCommand, allowedSuffixes: policy.suffixes, ...context, earlier },
    job.signal,
  );
}
