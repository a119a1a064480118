import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import type { Status } from '../../orchestrator/ports/proposal.ts';
import { moveProposal } from '../../orchestrator/store/move.ts';
import { testDatabase } from '../support/database.ts';
import { content, extras, proposalAt, wayTo } from './given.ts';

const database = await testDatabase();
after(() => database[Symbol.asyncDispose]());
const { db } = database;

const statuses: readonly Status[] = [
  'proposed',
  'approved',
  'rejected',
  'queued_for_self_build',
  'self_build_completed',
  'self_build_failed',
  'pr_opened',
  'pr_merged',
  'pr_closed',
  'applied',
];

/** DESIGN's picture, written out once more: this is what the database is held to. */
const legal: Readonly<Record<Status, readonly Status[]>> = {
  proposed: ['approved', 'rejected'],
  approved: ['queued_for_self_build', 'applied'],
  rejected: [],
  queued_for_self_build: ['self_build_completed', 'self_build_failed'],
  self_build_completed: ['pr_opened'],
  self_build_failed: [],
  pr_opened: ['pr_merged', 'pr_closed'],
  pr_merged: [],
  pr_closed: [],
  applied: [],
};

for (const from of statuses) {
  test(`from ${from} a proposal moves on to ${legal[from].join(' or ') || 'nothing'}, and nowhere else`, async () => {
    for (const to of statuses.filter((status) => status !== from)) {
      const proposal = await proposalAt(db, from);
      const entry = { proposalId: proposal.id, actor: 'grace', from, to, ...extras(to) };
      const moved = db.transaction().execute((trx) => moveProposal(trx, entry));
      if (legal[from].includes(to)) await moved;
      else await assert.rejects(moved, { code: 'SC001', message: new RegExp(`illegal move ${from} → ${to}$`) });
    }
  });
}

test('a proposal starts as proposed: a row that is born approved or queued is refused', async () => {
  const { title, description, repo } = content;
  for (const status of Object.keys(wayTo).filter((status) => status !== 'proposed')) {
    const insert = sql`
      insert into ai_improvement_proposals
        (status, title, description, repo, base_branch, test_command, risk_level, proposed_by, approved_by, approved_at,
         approval_expires_at, approval_digest)
      values (${status}, ${title}, ${description}, ${repo}, 'main', 'true', 'low', 'mallory', 'mallory', now(),
        now() + interval '1 hour', repeat('a', 64))`.execute(db);
    await assert.rejects(insert, { code: 'SC001' });
  }
});

test('a status that is none is refused', async () => {
  const { id } = await proposalAt(db, 'proposed');
  const update = sql`update ai_improvement_proposals set status = 'merged' where id = ${id}`.execute(db);
  await assert.rejects(update, { code: 'SC001' });
});

test('nothing goes on from proposed without an approval', async () => {
  const { id } = await proposalAt(db, 'proposed');
  const entry = { proposalId: id, actor: 'mallory', from: 'proposed', to: 'approved' } as const;
  const moved = db.transaction().execute((trx) => moveProposal(trx, entry));
  await assert.rejects(moved, { code: '23514', constraint: 'approved_by_someone' });
});

test('only a simple proposal is ever applied, and only a failed one carries a failure', async () => {
  const { id } = await proposalAt(db, 'approved', { complexity: 'complex' });
  const entry = { proposalId: id, actor: 'grace', from: 'approved' } as const;
  const applied = db.transaction().execute((trx) => moveProposal(trx, { ...entry, to: 'applied' }));
  await assert.rejects(applied, { constraint: 'only_simple_ones_are_applied' });
  const failing = { ...entry, to: 'queued_for_self_build', failure: 'tests_failed' } as const;
  const failed = db.transaction().execute((trx) => moveProposal(trx, failing));
  await assert.rejects(failed, { constraint: 'a_failure_has_a_code' });
});
