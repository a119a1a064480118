import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openOnce, setUp } from '../support/github-asker.ts';

test('a pull request of ours that a person closed or merged meanwhile is taken, not opened a second time', async () => {
  await using github = await setUp();
  const first = await openOnce(github);
  const [pull] = github.server.pulls;
  assert.ok(pull);
  github.server.pulls[0] = { ...pull, state: 'closed' };
  assert.deepEqual(await openOnce(github), first);
  assert.equal(github.server.pulls.length, 1);
});

test('a closed pull request for another commit is in nobody’s way, an open one stays push_conflict', async () => {
  await using github = await setUp();
  await openOnce(github);
  const [pull] = github.server.pulls;
  assert.ok(pull);
  github.server.pulls[0] = { ...pull, state: 'closed', sha: 'c'.repeat(40) };
  const second = await openOnce(github);
  assert.equal(second.kind === 'opened' && second.number, 2);
  github.server.pulls.splice(0, 2, { ...pull, state: 'closed' }, { ...pull, number: 2, sha: 'c'.repeat(40) });
  const refused = await openOnce(github);
  assert.equal(refused.kind === 'refused' && refused.code, 'push_conflict');
});
