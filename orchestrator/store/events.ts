import type { Status } from '../ports/proposal.ts';
import type { Db, Trx } from './schema.ts';
import { isUuid, storableJson, storableLine } from './storable.ts';

export interface NewEvent {
  readonly proposalId: string;
  /** Who did it: a person's name, or `engine`. */
  readonly actor: string;
  /** The status before; null for the first event of a proposal. */
  readonly from: Status | null;
  readonly to: Status;
  /** One line for people. */
  readonly note?: string;
  readonly detail?: object;
}

/** Appends one event to the audit. The database gives it its time, its number and its hash. */
export async function recordEvent(trx: Trx, event: NewEvent): Promise<void> {
  await trx
    .insertInto('ai_proposal_events')
    .values({
      proposal_id: event.proposalId,
      actor: event.actor,
      from_status: event.from,
      to_status: event.to,
      note: storableLine(event.note ?? '', 4000),
      detail: storableJson(event.detail ?? {}),
    })
    .execute();
}

export interface ProposalEvent {
  readonly seq: number;
  readonly at: Date;
  readonly actor: string;
  readonly from: Status | null;
  readonly to: Status;
  readonly note: string;
  readonly detail: unknown;
  readonly hash: string;
}

/** What happened to a proposal, oldest first; at most 1,000 events. */
export async function history(db: Db, proposalId: string): Promise<readonly ProposalEvent[]> {
  if (!isUuid(proposalId)) return [];
  const rows = await db
    .selectFrom('ai_proposal_events')
    .selectAll()
    .where('proposal_id', '=', proposalId)
    .orderBy('seq')
    .limit(1000)
    .execute();
  return rows.map((row) => ({
    seq: Number(row.seq),
    at: row.at,
    actor: row.actor,
    from: row.from_status,
    to: row.to_status,
    note: row.note,
    detail: row.detail,
    hash: row.hash,
  }));
}
