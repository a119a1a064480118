import { Fault } from '../outcome.ts';
import type { Delivery, Ending, Proposal } from '../ports/proposal.ts';
import { requireLease } from './lease.ts';
import { moveProposal } from './move.ts';
import { lockProposal } from './proposals.ts';
import { saveEnding } from './save-build.ts';
import type { Db, Trx } from './schema.ts';
import { storableText } from './storable.ts';

/** Who holds the job: a worker (`active`), or nobody any more because its last delivery failed (`failed`). */
type Holder = 'active' | 'failed';

/**
 * Moves the proposal to its ending, closes the delivery's row and writes the audit events, in one transaction.
 * Repeating it changes nothing. Throws `Fault('lease_lost')` when the delivery holds its job no more, or the proposal
 * ended otherwise in the meantime.
 */
export async function endBuild(db: Db, delivery: Delivery, ending: Ending, holder: Holder = 'active'): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const proposal = await lockProposal(trx, delivery.proposalId);
    if (proposal !== null && hasEnded(proposal, ending)) return;
    await requireLease(trx, delivery, holder);
    const open = requireOpen(proposal, delivery);
    await saveEnding(trx, delivery, ending);
    await moveToEnding(trx, open, { delivery, ending });
  });
}

function hasEnded(proposal: Proposal, ending: Ending): boolean {
  const failure = ending.failure === null ? null : storableText(ending.failure, 5000);
  return proposal.status === ending.status && proposal.failure === failure;
}

/** Only a queued proposal is being built. Throws `Fault('lease_lost')` for any other. */
export function requireOpen(proposal: Proposal | null, delivery: Delivery): Proposal {
  if (proposal?.status === 'queued_for_self_build') return proposal;
  const what = proposal === null ? 'there is no such proposal' : `the proposal is ${proposal.status}`;
  throw new Fault('lease_lost', delivery.jobId, `Delivery ${delivery.attempt} may not write: ${what}`);
}

async function moveToEnding(
  trx: Trx,
  { id, status }: Proposal,
  { delivery, ending }: { readonly delivery: Delivery; readonly ending: Ending },
): Promise<void> {
  const detail = { jobId: delivery.jobId, attempt: delivery.attempt, failure: ending.failure };
  const entry = { proposalId: id, actor: 'engine', note: ending.auditNote, detail };
  if (ending.status !== 'pr_opened') {
    await moveProposal(trx, { ...entry, from: status, to: ending.status, failure: ending.failure });
    return;
  }
  // A pull request is opened from a build that was completed: two moves, two events.
  await moveProposal(trx, { ...entry, from: status, to: 'self_build_completed' });
  await moveProposal(trx, { ...entry, from: 'self_build_completed', to: 'pr_opened' });
}
