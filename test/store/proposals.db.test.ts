import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { recordFeedback } from '../../orchestrator/store/feedback.ts';
import { findProposal, insertProposal, listProposals } from '../../orchestrator/store/proposals.ts';
import { testDatabase } from '../support/database.ts';
import { content, proposalAt } from './given.ts';

const database = await testDatabase();
after(() => database[Symbol.asyncDispose]());
const { db } = database;

test('what is proposed is kept to the letter, whatever it looks like', async () => {
  const odd = {
    ...content,
    title: `Robert'); DROP TABLE ai_improvement_proposals;-- $1 \\x00 %s`,
    description: '{"a": [1,]}\n\t${jndi:ldap://x} 😀 \u202E',
    repo: "/srv/it's here/$(id)",
  };
  const { id } = await insertProposal(db, odd);
  const found = await findProposal(db, id);
  assert.deepEqual([found?.title, found?.description, found?.repo], [odd.title, odd.description, odd.repo]);
  assert.deepEqual([found?.status, found?.approval, found?.failure], ['proposed', null, null]);
});

test('an id that is none is not found, and is no error', async () => {
  for (const id of ['', 'x', "' or 1=1", '00000000-0000-0000-0000-000000000000']) {
    assert.equal(await findProposal(db, id), null);
  }
});

test('the list is newest first, filtered by status, and bounded', async () => {
  const rejected = await proposalAt(db, 'rejected');
  const newest = await insertProposal(db, content);
  assert.equal((await listProposals(db, { limit: 1 }))[0]?.id, newest.id);
  assert.deepEqual(
    (await listProposals(db, { status: 'rejected' })).map(({ id }) => id),
    [rejected.id],
  );
  assert.equal((await listProposals(db, { limit: 0 })).length, 1);
  assert.equal((await listProposals(db, { limit: Number.NaN, offset: -5 })).length, 1);
  assert.deepEqual(await listProposals(db, { offset: 1e12 }), []);
});

test('the database bounds every text, also for whoever comes past the gate', async () => {
  const tooMuch = {
    title: 'x'.repeat(301),
    description: 'x'.repeat(200_001),
    repo: '',
    baseBranch: 'x'.repeat(256),
    testCommand: '',
    proposedBy: 'x'.repeat(201),
  };
  for (const [field, value] of Object.entries(tooMuch)) {
    await assert.rejects(insertProposal(db, { ...content, [field]: value }), { code: '23514' }, field);
  }
  await assert.rejects(insertProposal(db, { ...content, title: 'a\0b' }), { code: '22021' });
});

test('the content of a proposal can be edited while it is proposed, and never again', async () => {
  const open = await proposalAt(db, 'proposed');
  await sql`update ai_improvement_proposals set title = 'Better words' where id = ${open.id}`.execute(db);
  const { id } = await proposalAt(db, 'approved');
  const columns = ['title', 'description', 'repo', 'base_branch', 'test_command'];
  for (const column of columns) {
    const edit = sql`update ai_improvement_proposals set ${sql.ref(column)} = 'evil' where id = ${id}`.execute(db);
    await assert.rejects(edit, { code: 'SC002' }, column);
  }
  const edits = [
    sql`update ai_improvement_proposals set risk_level = 'high' where id = ${id}`,
    sql`update ai_improvement_proposals set complexity = 'complex' where id = ${id}`,
    sql`update ai_improvement_proposals set scope = '["/"]' where id = ${id}`,
    sql`update ai_improvement_proposals set allowed_paths = '["package.json"]' where id = ${id}`,
    sql`update ai_improvement_proposals set proposed_by = 'grace' where id = ${id}`,
  ];
  for (const edit of edits) await assert.rejects(edit.execute(db), { code: 'SC002' });
});

test('the text cannot be swapped in the very statement that approves it', async () => {
  const { id } = await proposalAt(db, 'proposed');
  const swap = sql`
    update ai_improvement_proposals set title = 'evil', status = 'approved', approved_by = 'grace', approved_at = now(),
      approval_expires_at = now() + interval '1 hour', approval_digest = repeat('a', 64)
    where id = ${id}`.execute(db);
  await assert.rejects(swap, { code: 'SC002' });
});

test('an approval is neither stretched nor re-used once the job is queued', async () => {
  const { id } = await proposalAt(db, 'queued_for_self_build');
  const stretch = sql`
    update ai_improvement_proposals set approval_expires_at = now() + interval '9 years' where id = ${id}`.execute(db);
  await assert.rejects(stretch, { code: 'SC002' });
  const swap = sql`update ai_improvement_proposals set approval_digest = repeat('b', 64) where id = ${id}`.execute(db);
  await assert.rejects(swap, { code: 'SC002' });
});

test('feedback is kept, its message cut to size and cleaned of what Postgres cannot hold', async () => {
  const { id: proposalId } = await insertProposal(db, content);
  const occurredAt = new Date('2026-01-02T03:04:05.678Z');
  const id = await recordFeedback(db, {
    source: 'ci',
    kind: 'test_failure',
    message: `\0${'x'.repeat(30_000)}`,
    repo: null,
    paths: ['a/b.py'],
    occurredAt,
    trust: 'low',
    payload: { text: 'a\0b\uD800' },
    proposalId,
  });
  const row = await db.selectFrom('ai_feedback_events').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  assert.deepEqual([row.message.length, row.message.slice(0, 2), row.message.at(-1)], [20_000, '\uFFFDx', '…']);
  assert.deepEqual([row.occurred_at, row.paths, row.payload], [occurredAt, ['a/b.py'], { text: 'a\uFFFDb\uFFFD' }]);
});
