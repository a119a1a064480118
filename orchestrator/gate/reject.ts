import { z } from 'zod';
import type { Proposal, Status } from '../ports/proposal.ts';
import { moveProposal } from '../store/move.ts';
import { findProposal, lockProposal } from '../store/proposals.ts';
import type { Db } from '../store/schema.ts';
import { line, problemsOf } from './visible-text.ts';

const words = z.strictObject({
  by: line(200),
  reason: z.union([z.literal(''), line(2000)], { error: 'must be one visible line of at most 2000 characters' }),
});

export interface RejectRequest {
  readonly proposalId: string;
  readonly by: string;
  /** Why, in one line; may be empty. */
  readonly reason: string;
}

export type RejectResult =
  | { readonly kind: 'rejected'; readonly proposal: Proposal }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'wrong_status'; readonly status: Status }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Rejects a proposal for good. Only one that is still `proposed` can be rejected. */
export async function reject(db: Db, request: RejectRequest): Promise<RejectResult> {
  const parsed = words.safeParse({ by: request.by, reason: request.reason });
  if (!parsed.success) return { kind: 'invalid', problems: problemsOf(parsed.error) };
  const { by, reason } = parsed.data;
  return await db.transaction().execute(async (trx) => {
    const proposal = await lockProposal(trx, request.proposalId);
    if (proposal === null) return { kind: 'not_found' };
    if (proposal.status !== 'proposed') return { kind: 'wrong_status', status: proposal.status };
    const note = reason === '' ? `Rejected by ${by}` : `Rejected by ${by}: ${reason}`;
    await moveProposal(trx, { proposalId: proposal.id, actor: by, from: 'proposed', to: 'rejected', note });
    return { kind: 'rejected', proposal: (await findProposal(trx, proposal.id)) ?? proposal };
  });
}
