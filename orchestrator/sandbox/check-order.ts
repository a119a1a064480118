import { refuse, type Refused } from '../outcome.ts';
import type { SandboxOrder } from '../ports/sandbox.ts';
import type { SandboxPolicy } from './policy.ts';

const objectId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** May this go into a sandbox? Null if so; the policy's caps are on what goes in as well as on what comes out. */
export function checkOrder(order: SandboxOrder, { parcel }: SandboxPolicy): Refused | null {
  if (order.environment !== 'default') {
    return refuse('environment_failed', `There is no environment "${order.environment}"; only "default" exists.`);
  }
  if (!objectId.test(order.base)) return refuse('repo_unsupported', 'The base is no commit id.');
  if (order.pack.byteLength > parcel.packBytes) {
    return refuse('repo_unsupported', tooLarge('The base commit', order.pack.byteLength, 'packBytes'));
  }
  if (order.diff.byteLength > parcel.diffBytes) {
    return refuse('diff_too_large', tooLarge('The diff', order.diff.byteLength, 'diffBytes'));
  }
  const command = order.testCommand ?? 'none';
  if (Buffer.byteLength(command) > parcel.testCommandBytes) {
    return refuse('tests_not_run', tooLarge('The test command', Buffer.byteLength(command), 'testCommandBytes'));
  }
  // A shell ends a command there: another one than a person read and approved.
  return command.includes('\0') ? refuse('tests_not_run', 'The test command holds a NUL.') : null;
}

function tooLarge(what: string, bytes: number, cap: string): string {
  return `${what} has ${bytes} bytes, more than parcel.${cap} in policies/sandbox.json allows.`;
}
