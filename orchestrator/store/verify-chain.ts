import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from './schema.ts';

export type ChainVerdict =
  | { readonly kind: 'intact'; readonly events: number; readonly hash: string }
  | { readonly kind: 'broken'; readonly seq: number; readonly problem: string };

interface Link {
  readonly seq: string;
  readonly prev_hash: string;
  readonly hash: string;
  /** What is hashed, field by field, as Postgres writes it. */
  readonly fields: readonly (string | null)[];
}

const origin = '0'.repeat(64);

/**
 * Recomputes the audit chain from its first row, in TypeScript, so that nothing in the database has to be believed.
 * Finds an edited, removed, added or swapped row and says which number it has. Rows removed from the end are found as
 * long as `ai_proposal_event_head` was left alone; against somebody who rewrites everything, keep the last hash elsewhere.
 */
export async function verifyChain(db: Db): Promise<ChainVerdict> {
  // One snapshot for the rows and the head, or an event written meanwhile would look like a break.
  return await db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute((trx) => walk(trx));
}

async function walk(db: Db): Promise<ChainVerdict> {
  let events = 0;
  let hash = origin;
  for (let links = await linksAfter(db, 0); links.length > 0; links = await linksAfter(db, events)) {
    for (const link of links) {
      const problem = check(link, events + 1, hash);
      if (problem !== null) return { kind: 'broken', seq: Number(link.seq), problem };
      events += 1;
      hash = link.hash;
    }
  }
  const head = await db.selectFrom('ai_proposal_event_head').select(['seq', 'hash']).executeTakeFirst();
  if (head !== undefined && Number(head.seq) === events && head.hash === hash) return { kind: 'intact', events, hash };
  return { kind: 'broken', seq: events + 1, problem: 'the chain does not end where its head says; rows are missing' };
}

function check(link: Link, seq: number, previous: string): string | null {
  if (Number(link.seq) !== seq) return `row ${seq} is missing`;
  if (link.prev_hash !== previous) return 'it does not follow from the row before it';
  const content = link.fields.map((field) => (field === null ? '-' : `${Buffer.byteLength(field)}:${field}`)).join('');
  const hash = createHash('sha256').update(previous).update(content).digest('hex');
  return hash === link.hash ? null : 'its content was changed';
}

async function linksAfter(db: Db, seq: number): Promise<readonly Link[]> {
  return await db
    .selectFrom('ai_proposal_events')
    .select((row) => [
      'seq',
      'prev_hash',
      'hash',
      sql<readonly (string | null)[]>`array[
        ${row.ref('seq')}::text, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        proposal_id::text, actor, from_status, to_status, note, detail::text]`.as('fields'),
    ])
    .where('seq', '>', String(seq))
    .orderBy('seq')
    .limit(1000)
    .execute();
}
