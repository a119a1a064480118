import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../support/model-server.ts';
import { draftWith, name, refusalOf } from '../support/model-asker.ts';

test('a plain answer is handed on word for word, with the model that gave it', async () => {
  const { drafted, requests } = await draftWith([{ kind: 'text', text: '```diff\n…\n```', model: 'gpt-4-0125' }]);
  assert.equal(drafted.kind, 'drafted');
  assert.equal(drafted.answer, '```diff\n…\n```');
  assert.equal(drafted.model, 'gpt-4-0125');
  assert.equal(drafted.usage.requests, 1);
  assert.equal(requests[0]?.model, name);
});

test('prose is an answer too: whether there is a diff in it is decided elsewhere', async () => {
  const { drafted } = await draftWith(['I would rather not.']);
  assert.equal(drafted.kind, 'drafted');
});

test('a model name that is no plain name is not repeated', async () => {
  const { drafted } = await draftWith([{ kind: 'text', text: 'x', model: '@team [x](http://evil)' }]);
  assert.equal(drafted.kind === 'drafted' && drafted.model, name);
});

test('usage is never less than our own estimate, whatever the server claims', async () => {
  for (const usage of [null, { prompt_tokens: 0, completion_tokens: 0 }, { prompt_tokens: -5 }, 'free', undefined]) {
    const { drafted } = await draftWith([{ kind: 'text', text: 'y'.repeat(400), usage }]);
    assert.equal(drafted.kind, 'drafted');
    assert.equal(drafted.usage.completionTokens, 100);
    assert.ok(drafted.usage.promptTokens > 100);
  }
});

test('usage above our own estimate is believed', async () => {
  const usage = { prompt_tokens: 90_000, completion_tokens: 5_000, total_tokens: 95_000 };
  const { drafted } = await draftWith([{ kind: 'text', text: 'x', usage }]);
  assert.equal(drafted.kind, 'drafted');
  assert.deepEqual(drafted.usage, { requests: 1, promptTokens: 90_000, completionTokens: 5_000 });
});

const call = { id: '1', type: 'function', function: { name: 'rm', arguments: '{}' } };
const useless: Readonly<Record<string, Answer>> = {
  'an HTML page': { kind: 'raw', contentType: 'text/html', body: '<html><body>Welcome</body></html>' },
  'an HTML page that claims to be JSON': { kind: 'raw', body: '<html></html>' },
  'JSON that is no completion': { kind: 'raw', body: '{"ok":true}' },
  'half a document': { kind: 'raw', body: '{"choices":[{"finish_reason":"stop","message":{"content":"di' },
  'no body at all': { kind: 'raw', body: '' },
  'an empty text': '',
  'only white space': ' \n',
  'two choices': { kind: 'choices', texts: ['a', 'b'] },
  'no choice': { kind: 'choices', texts: [] },
  'a tool call': { kind: 'message', message: { content: 'x', tool_calls: [call] } },
  'a function call': { kind: 'message', message: { content: 'x', function_call: call.function } },
  'a refusal': { kind: 'message', message: { refusal: 'I can’t help with that.' } },
  'no content': { kind: 'message', message: {} },
  'content in parts': { kind: 'message', message: { content: [{ type: 'text', text: 'x' }] } },
  'another role': { kind: 'message', message: { role: 'user', content: 'x' } },
  'a text cut off by the length limit': { kind: 'text', text: 'x', finishReason: 'length' },
  'a text cut off by a filter': { kind: 'text', text: 'x', finishReason: 'content_filter' },
  'a text without an end': { kind: 'text', text: 'x', finishReason: null },
};
for (const [what, answer] of Object.entries(useless)) {
  test(`${what} is refused as model_output_invalid, without asking again`, async () => {
    const refusal = await refusalOf([answer]);
    assert.equal(refusal.code, 'model_output_invalid');
    assert.equal(refusal.requests, 1);
  });
}
