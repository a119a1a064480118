import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { approve, type ApproveRequest } from '../../orchestrator/gate/approve.ts';
import { approvalDigest } from '../../orchestrator/gate/digest.ts';
import { queueApproved } from '../../orchestrator/gate/queue-approved.ts';
import { reject } from '../../orchestrator/gate/reject.ts';
import type { Proposal } from '../../orchestrator/ports/proposal.ts';
import { history } from '../../orchestrator/store/events.ts';
import { findProposal, insertProposal } from '../../orchestrator/store/proposals.ts';
import { verifyChain } from '../../orchestrator/store/verify-chain.ts';
import { testDatabase } from '../support/database.ts';
import { content, proposalAt, testQueue } from '../store/given.ts';

const database = await testDatabase();
const queue = await testQueue(database, { role: 'sender' });
after(async () => {
  await queue.stop();
  await database[Symbol.asyncDispose]();
});
const { db } = database;
const gate = { db, queue };
const terms = { policyDigest: 'f'.repeat(64), model: 'gpt-4-0125-preview' };
const nowhere = '00000000-0000-4000-8000-000000000000';

function request({ id }: Pick<Proposal, 'id'>, changes: Partial<ApproveRequest> = {}): ApproveRequest {
  return { proposalId: id, by: 'grace', terms, approvalHours: 24, engineEnabled: true, ...changes };
}

async function jobsOf({ id }: Pick<Proposal, 'id'>): Promise<number> {
  const jobs = await db.selectFrom('ai_task_queue').select('payload').execute();
  return jobs.filter(({ payload }) => JSON.stringify(payload).includes(id)).length;
}

async function movesOf({ id }: Pick<Proposal, 'id'>): Promise<readonly string[]> {
  return (await history(db, id)).map(({ actor, to }) => `${actor}: ${to}`);
}

test('an approval binds the digest, has an end, and queues the job in the same transaction', async () => {
  const proposal = await insertProposal(db, content);
  const expectedDigest = approvalDigest(proposal, terms);
  const result = await approve(gate, request(proposal, { expectedDigest }));
  assert.ok(result.kind === 'approved' && result.queued && !result.repeated);
  const { status, approval } = result.proposal;
  assert.deepEqual([status, approval?.by, approval?.digest], ['queued_for_self_build', 'grace', expectedDigest]);
  assert.equal(Number(approval?.expiresAt) - Number(approval?.at), 24 * 3_600_000);
  assert.deepEqual(await movesOf(proposal), ['ada: proposed', 'grace: approved', 'grace: queued_for_self_build']);
  assert.equal(await jobsOf(proposal), 1);
});

test('twenty approvals at the same time make one approval and one job', async () => {
  const proposal = await insertProposal(db, content);
  const people = Array.from({ length: 20 }, (_, n) => approve(gate, request(proposal, { by: `person ${n}` })));
  const results = await Promise.all(people);
  const first = results.filter((result) => result.kind === 'approved' && result.queued && !result.repeated);
  const repeated = results.filter((result) => result.kind === 'approved' && result.queued && result.repeated);
  assert.deepEqual([first.length, repeated.length], [1, 19]);
  assert.equal(await jobsOf(proposal), 1);
  assert.equal((await movesOf(proposal)).length, 3);
});

test('an approval of something else than what was shown is refused, and changes nothing', async () => {
  const proposal = await insertProposal(db, content);
  const expectedDigest = approvalDigest(proposal, { ...terms, model: 'another' });
  const result = await approve(gate, request(proposal, { expectedDigest }));
  assert.ok(result.kind === 'refused' && result.code === 'approval_stale');
  assert.deepEqual([(await findProposal(db, proposal.id))?.status, await jobsOf(proposal)], ['proposed', 0]);
});

test('a queue that fails takes the approval back with it', async () => {
  const proposal = await insertProposal(db, content);
  const broken = { db, queue: { enqueue: () => Promise.reject(new Error('no queue')) } };
  await assert.rejects(approve(broken, request(proposal)), /no queue/);
  const after = await findProposal(db, proposal.id);
  assert.deepEqual([after?.status, after?.approval, await movesOf(proposal)], ['proposed', null, ['ada: proposed']]);
});

test('with the engine off it stays approved; approving again, with the engine on, queues it once', async () => {
  const proposal = await insertProposal(db, content);
  const off = await approve(gate, request(proposal, { engineEnabled: false }));
  assert.ok(off.kind === 'approved' && !off.queued && off.code === 'engine_disabled');
  assert.deepEqual([off.proposal.status, await jobsOf(proposal)], ['approved', 0]);
  const on = await approve(gate, request(proposal, { by: 'alan' }));
  assert.ok(on.kind === 'approved' && on.queued);
  assert.equal(on.proposal.approval?.by, 'grace', 'the approval that holds is kept');
  const moves = ['ada: proposed', 'grace: approved', 'alan: queued_for_self_build'];
  assert.deepEqual([await movesOf(proposal), await jobsOf(proposal)], [moves, 1]);
});

test('an approval that expired, or was given under other terms, is renewed by whoever approves again', async () => {
  const proposal = await insertProposal(db, content);
  await approve(gate, request(proposal, { engineEnabled: false, approvalHours: 1e-6 }));
  const other = { ...terms, model: 'another' };
  const changed = await approve(gate, request(proposal, { by: 'alan', engineEnabled: false, terms: other }));
  assert.ok(changed.kind === 'approved');
  assert.deepEqual([changed.proposal.approval?.by, changed.proposal.status], ['alan', 'approved']);
  assert.equal(changed.proposal.approval?.digest, approvalDigest(proposal, other));
  assert.deepEqual(await movesOf(proposal), ['ada: proposed', 'grace: approved', 'alan: approved']);
});

test('an engine that starts queues the approvals that hold, and no others', async () => {
  const off = { engineEnabled: false };
  const [holds, expired, changed] = await Promise.all([
    insertProposal(db, content),
    insertProposal(db, content),
    insertProposal(db, content),
  ]);
  await approve(gate, request(holds, off));
  await approve(gate, request(expired, { ...off, approvalHours: 1e-6 }));
  await approve(gate, request(changed, { ...off, terms: { ...terms, model: 'another' } }));
  await sleep(10);
  assert.deepEqual(await queueApproved(gate, terms), [holds.id]);
  assert.deepEqual(await movesOf(holds), ['ada: proposed', 'grace: approved', 'engine: queued_for_self_build']);
  assert.deepEqual([await jobsOf(expired), await jobsOf(changed)], [0, 0]);
});

test('only what is proposed can be rejected, for good, and with a reason in the audit', async () => {
  const proposal = await insertProposal(db, content);
  const words = { proposalId: proposal.id, by: 'grace', reason: 'Not worth it' };
  const rejected = await reject(db, words);
  assert.ok(rejected.kind === 'rejected');
  assert.deepEqual(
    [rejected.proposal.status, rejected.proposal.auditNote],
    ['rejected', 'Rejected by grace: Not worth it'],
  );
  assert.deepEqual(await reject(db, words), { kind: 'wrong_status', status: 'rejected' });
  assert.deepEqual(await approve(gate, request(proposal)), { kind: 'wrong_status', status: 'rejected' });
  const approved = await proposalAt(db, 'approved');
  assert.deepEqual(await reject(db, { ...words, proposalId: approved.id }), {
    kind: 'wrong_status',
    status: 'approved',
  });
});

test('who is nobody decides nothing, and what is not there cannot be decided', async () => {
  const { id } = await insertProposal(db, content);
  const invalid = { kind: 'invalid', problems: ['by must not be empty'] };
  assert.deepEqual(await approve(gate, request({ id }, { by: ' ' })), invalid);
  assert.deepEqual(await reject(db, { proposalId: id, by: '', reason: '' }), invalid);
  const reason = { proposalId: id, by: 'grace', reason: 'a\nb' };
  assert.equal((await reject(db, reason)).kind, 'invalid');
  assert.deepEqual(await approve(gate, request({ id: nowhere })), { kind: 'not_found' });
  assert.deepEqual(await reject(db, { proposalId: 'x', by: 'grace', reason: '' }), { kind: 'not_found' });
});

test('after all of this the audit chain is intact', async () => {
  assert.equal((await verifyChain(db)).kind, 'intact');
});
