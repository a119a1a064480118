import type { Db, FeedbackKind, Trust } from './schema.ts';
import { storableJson, storableText } from './storable.ts';

export interface FeedbackEvent {
  readonly source: string;
  readonly kind: FeedbackKind;
  readonly message: string;
  readonly repo: string | null;
  readonly paths: readonly string[];
  readonly occurredAt: Date;
  /** From the configuration of the source, never from the event itself. */
  readonly trust: Trust;
  readonly payload: object;
  readonly proposalId: string | null;
}

/** Stores one event of operational feedback; the message is cut at 20,000 characters. Returns its id. */
export async function recordFeedback(db: Db, event: FeedbackEvent): Promise<string> {
  const { id } = await db
    .insertInto('ai_feedback_events')
    .values({
      source: event.source,
      kind: event.kind,
      message: storableText(event.message, 20_000),
      repo: event.repo,
      paths: storableJson(event.paths),
      occurred_at: event.occurredAt,
      trust: event.trust,
      payload: storableJson(event.payload),
      proposal_id: event.proposalId,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
