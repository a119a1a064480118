import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import policyFile from '../../policies/prompt.json' with { type: 'json' };
import { createModel } from '../../orchestrator/keys/model.ts';
import { buildPrompt, promptPolicySchema } from '../../orchestrator/keys/prompt.ts';
import type { DraftRequest } from '../../orchestrator/ports/model.ts';
import { startModelServer } from '../support/model-server.ts';

const policy = promptPolicySchema.parse(policyFile);
const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const requests: fc.Arbitrary<DraftRequest> = fc.record({
  title: text,
  description: text,
  testCommand: text,
  allowedSuffixes: fc.array(text, { maxLength: 3 }),
  files: fc.array(fc.record({ path: text, text }), { maxLength: 3 }),
  otherPaths: fc.array(text, { maxLength: 5 }),
  earlier: fc.array(fc.record({ answer: text.filter((answer) => answer !== ''), problem: text }), { maxLength: 2 }),
});
const empty: DraftRequest = {
  title: '',
  description: '',
  testCommand: '',
  allowedSuffixes: [],
  files: [],
  otherPaths: [],
  earlier: [],
};

function messagesOf(request: DraftRequest, maxBytes = policy.maxBytes) {
  const prompt = buildPrompt({ ...policy, maxBytes }, request);
  assert.equal(prompt.kind, 'prompt');
  return prompt.messages;
}

test('whatever a proposal or a file says, the system message stays the same and the data stays data', () => {
  fc.assert(
    fc.property(requests, (request) => {
      const messages = messagesOf(request);
      assert.equal(messages[0]?.content, policy.system.join('\n'));
      assert.equal(messages.filter(({ role }) => role === 'system').length, 1);
      const { title, description, testCommand, allowedSuffixes, files, otherPaths } = request;
      assert.deepEqual(JSON.parse(messages[1]?.content ?? ''), {
        task: { title, description, testCommand, allowedSuffixes },
        files: files.map((file) => ({ ...file })),
        otherPaths,
        otherPathsLeftOut: 0,
      });
      assert.equal(messages.length, 2 + 2 * request.earlier.length);
    }),
  );
});

test('an earlier round is the answer in the model’s own turn and the problem as JSON in the next', () => {
  const messages = messagesOf({ ...empty, earlier: [{ answer: 'my diff', problem: 'it "fails"\nbadly' }] });
  assert.deepEqual(messages.slice(2), [
    { role: 'assistant', content: 'my diff' },
    { role: 'user', content: '{"problem":"it \\"fails\\"\\nbadly"}' },
  ]);
});

test('the same request gives the same bytes', () => {
  fc.assert(fc.property(requests, (request) => assert.deepEqual(messagesOf(request), messagesOf(request))));
});

test('paths that are only named give way when there is no room, and are counted', () => {
  const otherPaths = Array.from({ length: 1_000 }, (_, index) => `package/module_${index}/file.py`);
  const messages = messagesOf({ ...empty, otherPaths }, 10_000);
  const data = JSON.parse(messages[1]?.content ?? '');
  assert.ok(data.otherPaths.length > 100);
  assert.equal(data.otherPaths.length + data.otherPathsLeftOut, 1_000);
  assert.ok(messages.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0) <= 10_000);
});

test('what is too large all the same is refused before it is sent', () => {
  const refused = buildPrompt(policy, { ...empty, description: 'é'.repeat(10_000_000) });
  assert.equal(refused.kind === 'refused' && refused.code, 'budget_exceeded');
});

test('no secret of ours is ever in the body of a request', async () => {
  await using server = await startModelServer({ script: ['ok'] });
  const secrets = fc.stringMatching(/^[a-z0-9]{24}$/).map((random) => `canary-${random}`);
  await fc.assert(
    fc.asyncProperty(requests, secrets, async (request, apiKey) => {
      const { baseUrl } = server;
      const model = createModel({ apiKey, baseUrl, model: 'm', timeoutMs: 5_000 });
      const drafted = await model.draft(request, new AbortController().signal);
      assert.equal(drafted.kind, 'drafted');
      assert.ok(!JSON.stringify(server.requests.at(-1)).includes(apiKey));
    }),
    { numRuns: 40 },
  );
  assert.deepEqual(server.violations, []);
});
