import type { Approval, Status } from '../ports/proposal.ts';
import { type NewEvent, recordEvent } from './events.ts';
import type { Trx } from './schema.ts';
import { storableLine, storableText } from './storable.ts';

export interface Move extends NewEvent {
  readonly from: Status;
  /** Written together with the move to approved. */
  readonly approval?: Approval;
  /** `code` or `code:detail`; goes with self_build_failed, and only with it. */
  readonly failure?: string | null;
}

/**
 * Moves a locked proposal to its next status and writes the event, with its note as the proposal's audit note.
 * An illegal move throws: the database refuses it.
 */
export async function moveProposal(trx: Trx, move: Move): Promise<void> {
  const { approval, failure, note } = move;
  await trx
    .updateTable('ai_improvement_proposals')
    .set({
      status: move.to,
      ...(note !== undefined && { audit_note: storableLine(note, 4000) }),
      ...(failure !== undefined && failure !== null && { failure: storableText(failure, 5000) }),
      ...(approval !== undefined && {
        approved_by: approval.by,
        approved_at: approval.at,
        approval_expires_at: approval.expiresAt,
        approval_digest: approval.digest,
      }),
    })
    .where('id', '=', move.proposalId)
    .executeTakeFirstOrThrow();
  await recordEvent(trx, move);
}
