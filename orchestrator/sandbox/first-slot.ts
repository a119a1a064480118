import { createHash } from 'node:crypto';

/** The most sandboxes that one runner may run at a time. */
export const slotsPerRunner = 128;

/** With the shipped firstUid all users stay below 524288, where systemd-nspawn's begin. */
const blocks = 500;

/**
 * The first of a runner process's own slot numbers, from which the users of its sandboxes come: two runners on one daemon
 * must not both begin at 0, or their sandboxes would share the quotas that the kernel keeps per user. The process
 * id counts as well, since two processes with one state directory have the same `instanceId`. Two runners still collide
 * with a chance of 1 in 500: what they share then is those quotas, never a namespace.
 */
export function firstSlot(instanceId: string, processId: number): number {
  const hash = createHash('sha256').update(instanceId).digest().readUInt32BE();
  return ((hash + processId) % blocks) * slotsPerRunner;
}
