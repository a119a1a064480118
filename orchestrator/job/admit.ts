import { refuse, type Refused } from '../outcome.ts';
import type { Repository } from '../ports/git.ts';
import type { Proposal } from '../ports/proposal.ts';
import type { Admitted, Job } from './job.ts';

/**
 * May this job run at all? The queue's word counts for nothing: the proposal is read again from the database.
 * Approved and queued, unexpired, unchanged since the approval, engine on, risk and repository allowed, forge able.
 */
export async function admit(job: Job): Promise<(Admitted & { readonly repository: Repository }) | Refused> {
  const { rails, proposals, repositories, forge, runner } = job.ports;
  const proposal = await proposals.find(job.delivery.proposalId);
  if (proposal === null) return refuse('approval_stale', `There is no proposal ${job.delivery.proposalId}.`);
  if (!rails.enabled) return refuse('engine_disabled', 'The engine is off; set ENABLE_SELF_CODING_ENGINE=true.');
  const approved = approvalOf(proposal, job);
  if (approved.kind === 'refused') return approved;
  if (isHighRisk(proposal) && !rails.allowHighRisk) {
    return refuse(
      'risk_not_allowed',
      `Its risk is ${proposal.riskLevel}; set SELF_CODING_ALLOW_HIGH_RISK=true to allow that.`,
    );
  }
  const resolved = await repositories.resolve(proposal.repo);
  if (resolved.kind === 'refused') return resolved;
  if (rails.pullRequest) {
    const able = forge.ready(resolved.repository);
    if (able.kind === 'refused') return able;
  }
  const ready = await runner.ready();
  if (ready.kind === 'refused') return ready;
  return { ...approved, repository: resolved.repository };
}

export function isHighRisk(proposal: Pick<Proposal, 'riskLevel'>): boolean {
  return proposal.riskLevel === 'high' || proposal.riskLevel === 'critical';
}

/** Checked when the job is admitted and again right before anything leaves the machine. */
export function approvalOf(proposal: Proposal, job: Job): Admitted | Refused {
  const { approval, status } = proposal;
  if (approval === null || status !== 'queued_for_self_build') {
    return refuse('approval_stale', `The proposal is ${status}; only an approved and queued one is built.`);
  }
  if (approval.expiresAt <= job.ports.now()) {
    return refuse(
      'approval_stale',
      `The approval by ${approval.by} expired on ${approval.expiresAt.toISOString()}; propose it again.`,
    );
  }
  if (approval.digest !== job.ports.rails.digest(proposal)) {
    return refuse(
      'approval_stale',
      'The proposal, the policy or the model changed since the approval; propose it again.',
    );
  }
  return { kind: 'admitted', proposal, approvedAt: approval.at };
}
