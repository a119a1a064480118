import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type RawBuilder, sql } from 'kysely';
import { history, recordEvent } from '../../orchestrator/store/events.ts';
import { insertProposal } from '../../orchestrator/store/proposals.ts';
import type { Db } from '../../orchestrator/store/schema.ts';
import { verifyChain } from '../../orchestrator/store/verify-chain.ts';
import { keepServer, type TestDatabase, testDatabase } from '../support/database.ts';
import { content, proposalAt } from './given.ts';

/** Nine events of three proposals, with text that hashes badly when it is joined carelessly. */
async function auditedDatabase(): Promise<TestDatabase> {
  const database = await testDatabase();
  await proposalAt(database.db, 'pr_opened', { proposedBy: '1:2-' });
  await proposalAt(database.db, 'rejected', { proposedBy: 'Žofie 😀' });
  await proposalAt(database.db, 'approved', { proposedBy: "'; drop table ai_proposal_events; --" });
  return database;
}

/** As the owner of the tables, who can switch the triggers off. */
async function asOwner(db: Db, statement: RawBuilder<unknown>): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`alter table ai_proposal_events disable trigger user`.execute(trx);
    await statement.execute(trx);
    await sql`alter table ai_proposal_events enable trigger user`.execute(trx);
  });
}

const server = await keepServer();
after(() => server[Symbol.asyncDispose]());

test('every move leaves one event, in order, with actor, note and both statuses', async () => {
  await using database = await testDatabase();
  const { id } = await proposalAt(database.db, 'pr_opened');
  const events = await history(database.db, id);
  assert.deepEqual(
    events.map(({ actor, from, to }) => [actor, from, to]),
    [
      ['ada', null, 'proposed'],
      ['grace', 'proposed', 'approved'],
      ['grace', 'approved', 'queued_for_self_build'],
      ['grace', 'queued_for_self_build', 'self_build_completed'],
      ['grace', 'self_build_completed', 'pr_opened'],
    ],
  );
  assert.deepEqual(await history(database.db, 'no-uuid'), []);
});

test('the audit is append-only: update, delete and truncate are refused, also where no row matches', async () => {
  await using database = await auditedDatabase();
  const { db } = database;
  const message = /^ai_proposal_events is append-only: (UPDATE|DELETE|TRUNCATE) refused$/;
  const refused = { code: 'SC003', message };
  await assert.rejects(sql`update ai_proposal_events set actor = 'nobody'`.execute(db), refused);
  await assert.rejects(sql`update ai_proposal_events set actor = 'nobody' where false`.execute(db), refused);
  await assert.rejects(sql`delete from ai_proposal_events`.execute(db), refused);
  await assert.rejects(sql`truncate ai_proposal_events`.execute(db), refused);
  await assert.rejects(sql`truncate ai_improvement_proposals cascade`.execute(db), refused);
  await assert.rejects(sql`delete from ai_improvement_proposals`.execute(db), { code: '23503' });
  await assert.rejects(sql`update ai_proposal_event_head set seq = 1`.execute(db), { code: 'SC003' });
  await assert.rejects(sql`delete from ai_proposal_event_head`.execute(db), { code: 'SC003' });
  const verdict = await verifyChain(db);
  assert.deepEqual([verdict.kind, verdict.kind === 'intact' && verdict.events], ['intact', 9]);
});

test('a bare update of the status is refused when it is committed, and the message names the way to do it', async () => {
  await using database = await auditedDatabase();
  const { id } = await insertProposal(database.db, content);
  const update = sql`
    update ai_improvement_proposals set status = 'approved', approved_by = 'mallory', approved_at = now(),
      approval_expires_at = now() + interval '1 year', approval_digest = repeat('a', 64)
    where id = ${id}`.execute(database.db);
  await assert.rejects(update, { code: 'SC005', hint: /self-coding approve/ });
});

test('an event that does not go on from where the last one ended is refused', async () => {
  await using database = await auditedDatabase();
  const { id } = await insertProposal(database.db, content);
  const entry = { proposalId: id, actor: 'mallory', from: 'approved', to: 'queued_for_self_build' } as const;
  const event = database.db.transaction().execute((trx) => recordEvent(trx, entry));
  await assert.rejects(event, { code: 'SC005' });
});

test('the chain finds a row that was edited with the triggers off, and says which', async () => {
  const edits = [
    sql`update ai_proposal_events set actor = 'nobody' where seq = 4`,
    sql`update ai_proposal_events set at = at + interval '1 microsecond' where seq = 4`,
    sql`update ai_proposal_events set detail = '{"x":1}' where seq = 4`,
    sql`update ai_proposal_events set from_status = null where seq = 4`,
    sql`update ai_proposal_events set note = note || ' ' where seq = 4`,
    sql`update ai_proposal_events set hash = repeat('b', 64) where seq = 4`,
    sql`delete from ai_proposal_events where seq = 4`,
  ];
  await using database = await auditedDatabase();
  const { db } = database;
  for (const edit of edits) {
    await sql`create table kept as select * from ai_proposal_events`.execute(db);
    await asOwner(db, edit);
    const verdict = await verifyChain(db);
    assert.equal(verdict.kind, 'broken');
    assert.ok(verdict.kind === 'broken' && (verdict.seq === 4 || verdict.problem === 'row 4 is missing'));
    await asOwner(db, sql`delete from ai_proposal_events`);
    await asOwner(db, sql`insert into ai_proposal_events select * from kept`);
    await sql`drop table kept`.execute(db);
    assert.equal((await verifyChain(db)).kind, 'intact', 'restored');
  }
});

test('the chain finds rows that were cut off at its end, and two that were swapped', async () => {
  await using database = await auditedDatabase();
  const { db } = database;
  await asOwner(
    db,
    sql`update ai_proposal_events set seq = case seq when 2 then 3 else 2 end * -1 where seq in (2, 3)`,
  );
  await asOwner(db, sql`update ai_proposal_events set seq = -seq where seq < 0`);
  assert.deepEqual(await verifyChain(db), {
    kind: 'broken',
    seq: 2,
    problem: 'it does not follow from the row before it',
  });
  await asOwner(db, sql`delete from ai_proposal_events where seq >= 2`);
  const cut = await verifyChain(db);
  assert.deepEqual([cut.kind, cut.kind === 'broken' && cut.seq], ['broken', 2]);
});

test('writers at the same time make one chain, without gaps', async () => {
  await using database = await testDatabase();
  await Promise.all(Array.from({ length: 40 }, () => insertProposal(database.db, content)));
  const verdict = await verifyChain(database.db);
  assert.deepEqual([verdict.kind, verdict.kind === 'intact' && verdict.events], ['intact', 40]);
});
