import { moveProposal } from '../store/move.ts';
import { listProposals, lockProposal } from '../store/proposals.ts';
import type { Queue } from '../store/queue.ts';
import type { Db, Trx } from '../store/schema.ts';
import { approvalDigest, type Terms } from './digest.ts';

type Sender = Pick<Queue, 'enqueue'>;

/** Queues the job of a locked proposal that is `approved`, and says so, in the caller's transaction. */
export async function enqueueApproved(
  trx: Trx,
  queue: Sender,
  { proposalId, by }: { readonly proposalId: string; readonly by: string },
): Promise<void> {
  await queue.enqueue(trx, proposalId);
  const entry = { proposalId, actor: by, note: 'Queued for self build' };
  await moveProposal(trx, { ...entry, from: 'approved', to: 'queued_for_self_build' });
}

/**
 * Queues what was approved while the engine was off; called when an engine that is enabled starts.
 * Only approvals that hold: one that expired, or was given for other content or under other terms, waits for a person.
 * At most 500 at a time, newest first. Returns the ids that were queued.
 */
export async function queueApproved(
  { db, queue }: { readonly db: Db; readonly queue: Sender },
  terms: Terms,
): Promise<readonly string[]> {
  const queued: string[] = [];
  for (const { id } of await listProposals(db, { status: 'approved', limit: 500 })) {
    if (await db.transaction().execute((trx) => queueOne(trx, queue, { id, terms }))) queued.push(id);
  }
  return queued;
}

async function queueOne(
  trx: Trx,
  queue: Sender,
  { id, terms }: { readonly id: string; readonly terms: Terms },
): Promise<boolean> {
  const proposal = await lockProposal(trx, id);
  if (proposal?.status !== 'approved' || proposal.approval === null) return false;
  const { expiresAt, digest } = proposal.approval;
  if (expiresAt <= new Date() || digest !== approvalDigest(proposal, terms)) return false;
  await enqueueApproved(trx, queue, { proposalId: id, by: 'engine' });
  return true;
}
