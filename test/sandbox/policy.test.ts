import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { readSandboxPolicy, sandboxPolicySchema } from '../../orchestrator/sandbox/policy.ts';
import { sandboxPolicyPath } from '../support/sandbox-policy.ts';

const schemaPath = sandboxPolicyPath.replace(/\.json$/, '.schema.json');

async function readSpoiled(change: (policy: Record<string, unknown>) => unknown): Promise<unknown> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-policy-'));
  try {
    const policy = z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(sandboxPolicyPath, 'utf8')));
    const path = join(directory, 'sandbox.json');
    const spoiled = change(policy);
    await writeFile(path, typeof spoiled === 'string' ? spoiled : JSON.stringify(spoiled));
    return await readSandboxPolicy(path);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('the policy that is shipped can be used', async () => {
  const policy = await readSandboxPolicy(sandboxPolicyPath);
  assert.equal(policy.memoryBytes, 2 ** 30);
});

test('policies/sandbox.schema.json says the same as the code', async () => {
  const expected = `${JSON.stringify(z.toJSONSchema(sandboxPolicySchema), null, 2)}\n`;
  const found = await readFile(schemaPath, 'utf8');
  assert.ok(found === expected, `write this to ${schemaPath}:\n${expected}`);
});

test('an unknown field, a missing one, and one of another type stop the start and are named', async () => {
  await assert.rejects(
    readSpoiled((policy) => ({ ...policy, privileged: true })),
    /privileged/,
  );
  await assert.rejects(
    readSpoiled((policy) => ({ ...policy, memoryBytes: undefined })),
    /memoryBytes/,
  );
  await assert.rejects(
    readSpoiled((policy) => ({ ...policy, pids: '512' })),
    /pids/,
  );
});

test('another environment variable than the listed ones is not let in by the file', async () => {
  const environment = z.record(z.string(), z.unknown());
  const add = (name: string) =>
    readSpoiled((policy) => ({ ...policy, environment: { ...environment.parse(policy['environment']), [name]: 'x' } }));
  for (const name of ['OPENAI_API_KEY', 'GITHUB_TOKEN', 'LD_PRELOAD', 'BASH_ENV', 'NODE_OPTIONS']) {
    await assert.rejects(add(name), new RegExp(name));
  }
});

test('limits that are none are refused', async () => {
  for (const [name, value] of Object.entries({
    memoryBytes: 0,
    pids: 0,
    firstUid: 0,
    nanoCpus: -1,
    wallClockSeconds: 1e9,
    runtimes: [],
  })) {
    await assert.rejects(
      readSpoiled((policy) => ({ ...policy, [name]: value })),
      new RegExp(name),
    );
  }
});

test('a policy that is missing or no JSON stops the start', async () => {
  await assert.rejects(readSandboxPolicy('/nonexistent/sandbox.json'), /\/nonexistent\/sandbox\.json/);
  await assert.rejects(
    readSpoiled(() => '{'),
    /can not be read as JSON/,
  );
});
