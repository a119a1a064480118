import { Fault } from '../outcome.ts';
import type { Delivery } from '../ports/proposal.ts';
import type { Trx } from './schema.ts';

/**
 * Throws `Fault('lease_lost')` unless the job is in this state at this delivery; until the transaction ends, nobody
 * takes it away. Against an engine that slept past its expiry, and wakes up while another one is at work on the same
 * job: the queue's own row is asked, since only it knows who holds the job now.
 * Lock the proposal first, then ask for the lease: whoever does it the other way round may wait for ever.
 */
export async function requireLease(trx: Trx, delivery: Delivery, state: 'active' | 'failed'): Promise<void> {
  const job = await trx
    .selectFrom('pgboss.job')
    .select(['state', 'retry_count'])
    .where('name', '=', 'self_build')
    .where('id', '=', delivery.jobId)
    .forShare()
    .executeTakeFirst();
  if (job?.state === state && job.retry_count === delivery.attempt) return;
  const now = job === undefined ? 'the queue has no such job' : `it is ${job.state} at attempt ${job.retry_count}`;
  throw new Fault('lease_lost', delivery.jobId, `Delivery ${delivery.attempt} does not hold its job: ${now}`);
}
