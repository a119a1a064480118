import { termsOf } from '../engine.ts';
import { approve as approveProposal, type ApproveResult } from '../gate/approve.ts';
import { reject as rejectProposal } from '../gate/reject.ts';
import { type Refused, refuse } from '../outcome.ts';
import { readPolicies } from '../policy.ts';
import { openStore, type Store } from '../wire-store.ts';
import { type Context, refused } from './context.ts';
import { exit, type ExitCode } from './exit.ts';

export interface ApproveOptions {
  readonly as: string;
  /** Digest that `show` printed: anything else is not approved. */
  readonly digest?: string;
}

export interface RejectOptions {
  readonly as: string;
  readonly reason?: string;
}

/** `self-coding approve ID --as NAME`: approves exactly what `show` shows, and queues it when the engine is on. */
export async function approve(id: string, options: ApproveOptions, context: Context): Promise<ExitCode> {
  const { config, output, log, signal } = context;
  await using store = await openStore(config, { role: 'sender', log, signal });
  const result = await approveAs(store, context, { id, ...options });
  const failed = approvalRefusal(result);
  if (failed !== null) return refused(output, failed);
  const status = result.kind === 'approved' ? result.proposal.status : null;
  output.result({ proposalId: id, status, queued: status === 'queued_for_self_build' }, () => `${status} ${id}`);
  return exit.done;
}

/** Approves under the policies and the model of this process. */
export async function approveAs(
  store: Store,
  { config }: Pick<Context, 'config'>,
  { id, as, digest }: ApproveOptions & { readonly id: string },
): Promise<ApproveResult> {
  return approveProposal(store, {
    proposalId: id,
    by: as,
    ...(digest === undefined ? {} : { expectedDigest: digest }),
    terms: termsOf(config, await readPolicies(config)),
    approvalHours: config.SELF_CODING_APPROVAL_HOURS,
    engineEnabled: config.ENABLE_SELF_CODING_ENGINE,
  });
}

/** Why an approval did not lead to a queued job; null when it did. */
export function approvalRefusal(result: ApproveResult): Refused | null {
  switch (result.kind) {
    case 'refused':
      return result;
    case 'not_found':
      return refuse('approval_stale', 'There is no such proposal; see: self-coding list');
    case 'wrong_status':
      return refuse('approval_stale', `It is ${result.status}; only a proposed one can be approved.`);
    case 'invalid':
      return refuse('proposal_invalid', result.problems.join('; '));
    case 'approved':
      return result.queued
        ? null
        : refuse(
            'engine_disabled',
            'Approved, but not queued: set ENABLE_SELF_CODING_ENGINE=true; the engine queues it at its next start.',
          );
  }
}

/** `self-coding reject ID --as NAME`. */
export async function reject(id: string, options: RejectOptions, context: Context): Promise<ExitCode> {
  const { config, output, log, signal } = context;
  await using store = await openStore(config, { role: 'sender', log, signal });
  const result = await rejectProposal(store.db, { proposalId: id, by: options.as, reason: options.reason ?? '' });
  switch (result.kind) {
    case 'rejected':
      output.result({ proposalId: id, status: 'rejected' }, () => `rejected ${id}`);
      return exit.done;
    case 'not_found':
      return refused(output, refuse('approval_stale', 'There is no such proposal; see: self-coding list'));
    case 'wrong_status':
      return refused(output, refuse('approval_stale', `It is ${result.status}; only a proposed one can be rejected.`));
    case 'invalid':
      return refused(output, refuse('proposal_invalid', result.problems.join('; ')));
  }
}
