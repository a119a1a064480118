import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createModel } from '../../orchestrator/keys/model.ts';
import { startModelServer } from '../support/model-server.ts';
import { modelOf, name, never, request } from '../support/model-asker.ts';

test('without a key nothing is asked, unless a server of one’s own is set', async () => {
  const model = createModel({ apiKey: null, baseUrl: null, model: name, timeoutMs: 1_000 });
  for (const refused of [await model.check(never), await model.draft(request, never)]) {
    assert.equal(refused.kind === 'refused' && refused.code, 'ai_core_unavailable');
    assert.match(refused.kind === 'refused' ? refused.reason : '', /OPENAI_API_KEY/);
  }
  await using server = await startModelServer({ script: ['fine'], models: [name], apiKey: 'none' });
  const keyless = modelOf(server, { apiKey: null });
  assert.deepEqual(await keyless.check(never), { kind: 'available' });
  assert.equal((await keyless.draft(request, never)).kind, 'drafted');
});
