import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { diffPolicySchema } from '../../orchestrator/inspect/policy.ts';
import { schemas } from '../support/schemas.ts';

const policies = resolve(import.meta.dirname, '../../policies');
const file = JSON.parse(readFileSync(resolve(policies, 'diff.json'), 'utf8'));

test('policies/diff.json is valid, and its schema says the same as the code (npm run schemas)', () => {
  diffPolicySchema.parse(file);
  assert.equal(readFileSync(resolve(policies, 'diff.schema.json'), 'utf8'), schemas['diff.schema.json']);
});

test('an unknown field, a missing one, and a mode for links are refused', () => {
  const { modes, ...withoutModes } = file;
  for (const wrong of [
    { ...file, allow: ['*'] },
    { ...file, limits: { ...file.limits, extra: 1 } },
    withoutModes,
    { ...file, modes: [...modes, '120000'] },
  ]) {
    assert.equal(diffPolicySchema.safeParse(wrong).success, false);
  }
});
