import { z } from 'zod';
import { refuse, type Refused } from '../outcome.ts';
import type { Approval, Proposal, Status } from '../ports/proposal.ts';
import { moveProposal } from '../store/move.ts';
import { findProposal, lockProposal } from '../store/proposals.ts';
import type { Queue } from '../store/queue.ts';
import type { Db, Trx } from '../store/schema.ts';
import { approvalDigest, type Terms } from './digest.ts';
import { enqueueApproved } from './queue-approved.ts';
import { line, problemsOf } from './visible-text.ts';

const words = z.strictObject({ by: line(200) });

export interface ApproveRequest {
  readonly proposalId: string;
  readonly by: string;
  /** What the person saw; when given, anything else is not approved. */
  readonly expectedDigest?: string;
  readonly terms: Terms;
  readonly approvalHours: number;
  /** Whether to queue it as well. */
  readonly engineEnabled: boolean;
}

export type ApproveResult =
  /** `repeated`: somebody had approved and queued it before; nothing was changed. */
  | { readonly kind: 'approved'; readonly queued: true; readonly repeated: boolean; readonly proposal: Proposal }
  | { readonly kind: 'approved'; readonly queued: false; readonly code: 'engine_disabled'; readonly proposal: Proposal }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'wrong_status'; readonly status: Status }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] }
  | Refused;

/**
 * Approves a proposal and queues its job, in one transaction: there is no approval without a job, and no job without
 * an approval. With the engine off it stays approved; approving it again, once the engine is on, queues it, and renews an
 * approval that has expired or was given under other terms. Any number of calls at once make one job.
 */
export async function approve(
  { db, queue }: { readonly db: Db; readonly queue: Pick<Queue, 'enqueue'> },
  request: ApproveRequest,
): Promise<ApproveResult> {
  const parsed = words.safeParse({ by: request.by });
  if (!parsed.success) return { kind: 'invalid', problems: problemsOf(parsed.error) };
  const { by } = parsed.data;
  return await db.transaction().execute(async (trx) => {
    const proposal = await lockProposal(trx, request.proposalId);
    if (proposal === null) return { kind: 'not_found' };
    const digest = approvalDigest(proposal, request.terms);
    if (request.expectedDigest !== undefined && request.expectedDigest !== digest) {
      return refuse('approval_stale', 'This is not what was shown: text, policy or model changed; look at it again.');
    }
    if (proposal.status === 'queued_for_self_build')
      return { kind: 'approved', queued: true, repeated: true, proposal };
    if (proposal.status !== 'proposed' && proposal.status !== 'approved') {
      return { kind: 'wrong_status', status: proposal.status };
    }
    await writeApproval(trx, proposal, newApproval({ ...request, by }, digest));
    return await queueIt(trx, queue, { proposal, by, engineEnabled: request.engineEnabled });
  });
}

function newApproval({ by, approvalHours }: ApproveRequest, digest: string): Approval {
  const at = new Date();
  return { by, at, expiresAt: new Date(at.getTime() + approvalHours * 3_600_000), digest };
}

async function writeApproval(trx: Trx, { id, status, approval: before }: Proposal, approval: Approval): Promise<void> {
  if (before !== null && before.digest === approval.digest && before.expiresAt > approval.at) return;
  await moveProposal(trx, {
    proposalId: id,
    actor: approval.by,
    from: status,
    to: 'approved',
    approval,
    note: `Approved by ${approval.by} until ${approval.expiresAt.toISOString()}`,
    detail: { digest: approval.digest, expiresAt: approval.expiresAt.toISOString(), renewed: before !== null },
  });
}

async function queueIt(
  trx: Trx,
  queue: Pick<Queue, 'enqueue'>,
  {
    proposal,
    by,
    engineEnabled,
  }: { readonly proposal: Proposal; readonly by: string; readonly engineEnabled: boolean },
): Promise<ApproveResult> {
  if (engineEnabled) await enqueueApproved(trx, queue, { proposalId: proposal.id, by });
  const after = (await findProposal(trx, proposal.id)) ?? proposal;
  return engineEnabled
    ? { kind: 'approved', queued: true, repeated: false, proposal: after }
    : { kind: 'approved', queued: false, code: 'engine_disabled', proposal: after };
}
