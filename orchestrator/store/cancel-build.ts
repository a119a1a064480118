import type { Status } from '../ports/proposal.ts';
import { moveProposal } from './move.ts';
import { lockProposal } from './proposals.ts';
import type { Queue } from './queue.ts';
import type { Db } from './schema.ts';

export interface CancelRequest {
  readonly proposalId: string;
  readonly by: string;
  readonly note: string;
}

export type Cancelled =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'wrong_status'; readonly status: Status };

/**
 * Takes a queued or running build back: its job is cancelled and the proposal fails with `cancelled`, in one
 * transaction. A handler that is running hears of it through its signal and can write nothing more.
 */
export async function cancelBuild(
  { db, queue }: { readonly db: Db; readonly queue: Pick<Queue, 'cancel'> },
  { proposalId, by, note }: CancelRequest,
): Promise<Cancelled> {
  return await db.transaction().execute(async (trx) => {
    const proposal = await lockProposal(trx, proposalId);
    if (proposal === null) return { kind: 'not_found' };
    if (proposal.status !== 'queued_for_self_build') return { kind: 'wrong_status', status: proposal.status };
    await queue.cancel(proposal.id, trx);
    const entry = { proposalId: proposal.id, actor: by, note, from: proposal.status };
    await moveProposal(trx, { ...entry, to: 'self_build_failed', failure: 'cancelled' });
    return { kind: 'cancelled' };
  });
}
