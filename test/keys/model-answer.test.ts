import assert from 'node:assert/strict';
import { test } from 'node:test';
import { draftWith, name } from '../support/model-asker.ts';

test('a plain answer is handed on word for word, with the model that gave it', async () => {
  const { drafted, requests } = await draftWith([{ kind: 'text', text: '```diff\n…\n```', model: 'gpt-4-0125' }]);
  assert.equal(drafted.kind, 'drafted');
  assert.equal(drafted.answer, '```diff\n…\n```');
  assert.equal(drafted.model, 'gpt-4-0125');
  assert.equal(drafted.usage.requests, 1);
  assert.equal(requests[0]?.model, name);
});
