/** What the tests of the store and the gate start from. */
import { randomUUID } from 'node:crypto';
import type { Proposal, Status } from '../../orchestrator/ports/proposal.ts';
import { moveProposal } from '../../orchestrator/store/move.ts';
import { findProposal, insertProposal, type NewProposal } from '../../orchestrator/store/proposals.ts';
import type { QueueOptions } from '../../orchestrator/store/boss.ts';
import { createQueue, type Queue } from '../../orchestrator/store/queue.ts';
import type { Db } from '../../orchestrator/store/schema.ts';
import type { TestDatabase } from '../support/database.ts';

export const content: NewProposal = {
  title: 'Round half up in invoices',
  description: 'Totals are one cent short.',
  repo: '/srv/repos/invoices',
  baseBranch: 'main',
  testCommand: 'python3 -m pytest -q tests',
  riskLevel: 'low',
  scope: [],
  allowedPaths: [],
  proposedBy: 'ada',
};

/** The shortest way to each status. */
export const wayTo = {
  proposed: [],
  approved: ['approved'],
  rejected: ['rejected'],
  queued_for_self_build: ['approved', 'queued_for_self_build'],
  self_build_completed: ['approved', 'queued_for_self_build', 'self_build_completed'],
  self_build_failed: ['approved', 'queued_for_self_build', 'self_build_failed'],
  pr_opened: ['approved', 'queued_for_self_build', 'self_build_completed', 'pr_opened'],
  pr_merged: ['approved', 'queued_for_self_build', 'self_build_completed', 'pr_opened', 'pr_merged'],
  pr_closed: ['approved', 'queued_for_self_build', 'self_build_completed', 'pr_opened', 'pr_closed'],
  applied: ['approved', 'applied'],
} as const satisfies Readonly<Record<Status, readonly Status[]>>;

/** A proposal that took the shortest way to this status, with its events. */
export async function proposalAt(db: Db, status: Status, changes: Partial<NewProposal> = {}): Promise<Proposal> {
  const { id } = await insertProposal(db, { ...content, complexity: 'simple', ...changes });
  await db.transaction().execute(async (trx) => {
    let from: Status = 'proposed';
    for (const to of wayTo[status]) {
      await moveProposal(trx, { proposalId: id, actor: 'grace', from, to, note: `to ${to}`, ...extras(to) });
      from = to;
    }
  });
  const proposal = await findProposal(db, id);
  if (proposal === null) throw new Error(`proposal ${id} is gone`);
  return proposal;
}

/** What must be written together with a move to this status. */
export function extras(to: Status) {
  if (to === 'self_build_failed') return { failure: 'tests_failed' };
  if (to !== 'approved') return {};
  const at = new Date();
  return { approval: { by: 'grace', at, expiresAt: new Date(at.getTime() + 3_600_000), digest: 'a'.repeat(64) } };
}

/** A queue on this database that is quick to retry; its background errors are collected. */
export async function testQueue(
  { address }: TestDatabase,
  options: Partial<QueueOptions> = {},
): Promise<Queue & { readonly errors: readonly unknown[] }> {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const queue = await createQueue({
    address,
    role: 'engine',
    timeoutSeconds: 60,
    retryDelaySeconds: 1,
    heartbeatSeconds: 10,
    onError,
    ...options,
  });
  return { ...queue, errors };
}

/** Approved, queued, and its job enqueued. */
export async function queuedProposal(db: Db, queue: Queue): Promise<Proposal> {
  const proposal = await proposalAt(db, 'queued_for_self_build');
  await db.transaction().execute((trx) => queue.enqueue(trx, proposal.id));
  return proposal;
}

/** A delivery that the queue knows nothing of. */
export function unknownDelivery(proposalId: string) {
  return { jobId: randomUUID(), proposalId, attempt: 0, finalAttempt: false };
}

/** For tests in which no job is given up. */
export async function ignoreDead(): Promise<void> {}
