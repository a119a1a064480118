/** What the tests of inspection start from. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { compare, type ComparedFile } from '../../orchestrator/inspect/changed-file.ts';
import { type DiffPolicy, diffPolicySchema, policyWith } from '../../orchestrator/inspect/policy.ts';
import { nothingMore, type Rules } from '../../orchestrator/inspect/rules.ts';

const text = readFileSync(resolve(import.meta.dirname, '../../policies/diff.json'), 'utf8');

/** policies/diff.json as it is, with the default suffixes. */
export const policy: DiffPolicy = policyWith(
  diffPolicySchema.parse(JSON.parse(text)),
  ['.py', '.md', '.txt', '.json', '.yml', '.yaml'],
  null,
);

export const rules: Rules = { policy, approved: nothingMore, findSecret: () => null };

/** A file before and after; null = there is none. */
export function changed(path: string, before: string | null, after: string | null): ComparedFile {
  const status = before === null ? 'A' : after === null ? 'D' : 'M';
  return compare({ path, from: null, status, before: bytes(before), after: bytes(after) });
}

function bytes(content: string | null): Uint8Array | null {
  return content === null ? null : Buffer.from(content);
}

export function addedTo(before: string | null, after: string) {
  return changed('a.py', before, after).lines.added;
}
