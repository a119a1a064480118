/** What a model is sent: the words of others inside one JSON document, whatever they pretend to be. */
import assert from 'node:assert/strict';
import policy from '../../policies/prompt.json' with { type: 'json' };
import { modelOf, never, request } from '../support/model-asker.ts';
import { startModelServer } from '../support/model-server.ts';
import { fieldsOf, type PromptCase, textOf } from './texts-cases.ts';

export async function playPrompt({ proposal, files = {}, earlier = [], expected }: PromptCase): Promise<void> {
  await using server = await startModelServer({ script: ['I would rather not.'] });
  const { title, description, testCommand } = { ...request, ...fieldsOf(proposal) };
  const given = Object.entries(files).map(([path, text]) => ({ path, text: textOf(text) }));
  const rounds = earlier.map(({ answer, problem }) => ({ answer: textOf(answer), problem: textOf(problem) }));
  const asked = { ...request, title, description, testCommand, files: given, earlier: rounds };
  const drafted = await modelOf(server).draft(asked, never);
  assert.equal(drafted.kind, 'drafted', 'reason' in drafted ? drafted.reason : '');
  assert.deepEqual(server.violations, [], 'a strict server takes it');
  const [sent] = server.requests;
  // Nothing but these two fields: no tools, no functions, no other system.
  assert.deepEqual(Object.keys(sent ?? {}).toSorted(), ['messages', 'model']);
  const messages = sent?.messages ?? [];
  assert.deepEqual(
    messages.map(({ role }) => role),
    expected.roles,
  );
  assert.equal(messages[0]?.content, policy.system.join('\n'));
  const data = JSON.parse(messages[1]?.content ?? '');
  assert.deepEqual(data.task, { title, description, testCommand, allowedSuffixes: request.allowedSuffixes });
  assert.deepEqual(data.files, given);
  // Words of an earlier answer are the model's own; what we say of it is JSON again.
  const problems = messages.slice(2).filter(({ role }) => role === 'user');
  assert.deepEqual(
    problems.map(({ content }) => JSON.parse(content).problem),
    rounds.map(({ problem }) => problem),
  );
}
