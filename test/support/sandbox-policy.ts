import { resolve } from 'node:path';
import { readSandboxPolicy, type SandboxPolicy } from '../../orchestrator/sandbox/policy.ts';

export const sandboxPolicyPath = resolve(import.meta.dirname, '../../policies/sandbox.json');

/** The shipped policy with some of its values changed. */
export async function sandboxPolicy(changes: Partial<SandboxPolicy> = {}): Promise<SandboxPolicy> {
  return { ...(await readSandboxPolicy(sandboxPolicyPath)), ...changes };
}
