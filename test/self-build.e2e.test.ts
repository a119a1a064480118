/** The whole job on real parts. Each ending that a job can have is produced here at least once. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { history } from '../orchestrator/store/events.ts';
import { verifyChain } from '../orchestrator/store/verify-chain.ts';
import { adding, answerWith, assertNothingPublished, openJobBench } from './support/job.ts';

test('an approved proposal becomes one tested draft pull request on one branch', async () => {
  await using bench = await openJobBench();
  const result = await bench.run();
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  assert.equal(result.code, null);
  assert.equal(result.branch, `self-build/${result.proposalId}`);
  assert.equal(await bench.repository.git(['rev-parse', result.branch ?? 'none']), result.commit);
  assert.equal(await bench.repository.git(['rev-parse', `${result.branch}^{tree}`]), result.tree);
  assert.equal(await bench.repository.git(['rev-parse', `${result.branch}^`]), result.base);
  assert.match(await bench.repository.git(['show', `${result.branch}:src/question.py`]), /return 42/);
  assert.equal(result.tests.base?.exitCode, 1);
  assert.equal(result.tests.patched?.exitCode, 0);
  assert.deepEqual(result.tests.patched?.report, { tests: 1, failures: 0, errors: 0, skipped: 0 });
  assert.equal(result.pullRequest?.draft, true);
  const page = await readFile(fileURLToPath(result.pullRequest?.url ?? ''), 'utf8');
  assert.match(page, /## What the runs showed/);
  assert.ok(page.includes(result.commit ?? 'none'));
  assert.match(result.reason ?? '', new RegExp(`${result.branch}.*${result.commit}`));
});

test('every status change leaves one event, and the chain of events holds', async () => {
  await using bench = await openJobBench();
  const result = await bench.run();
  const events = await history(bench.db, result.proposalId ?? '');
  assert.deepEqual(
    events.map((event) => event.to),
    ['proposed', 'approved', 'queued_for_self_build', 'self_build_completed', 'pr_opened'],
  );
  assert.equal((await verifyChain(bench.db)).kind, 'intact');
});

test('failing tests go back to the model, and the next round gets a fresh sandbox', async () => {
  await using bench = await openJobBench({ script: [answerWith('40'), answerWith('42')] });
  const result = await bench.run();
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  assert.equal(bench.model.requests.length, 2);
  assert.match(JSON.stringify(bench.model.requests[1]?.messages.at(-1)), /tests_failed.*assert 40 == 42/);
  assert.equal(bench.stages.filter((stage) => stage === 'prove').length, 2);
});

test('a diff that does not apply goes back to the model with what git said', async () => {
  await using bench = await openJobBench({
    script: [answerWith('1').replace('return 41', 'return 4711'), answerWith('42')],
  });
  const result = await bench.run();
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  assert.match(JSON.stringify(bench.model.requests[1]?.messages.at(-1)), /diff_not_applicable/);
});

test('with pull requests switched off the branch is pushed and the job completes', async () => {
  await using bench = await openJobBench({ env: { SELF_CODING_ENABLE_PR: 'false' } });
  const result = await bench.run();
  assert.equal(result.status, 'self_build_completed', result.reason ?? '');
  assert.equal(result.pullRequest, null);
  assert.equal(await bench.repository.git(['rev-parse', result.branch ?? 'none']), result.commit);
});

test('with push switched off nothing reaches the remote, but branch and commit exist', async () => {
  await using bench = await openJobBench({ env: { SELF_CODING_ENABLE_PR: 'false', SELF_CODING_ENABLE_PUSH: 'false' } });
  const result = await bench.run();
  assert.equal(result.status, 'self_build_completed', result.reason ?? '');
  assert.match(result.commit ?? '', /^[0-9a-f]{40}$/);
  await assertNothingPublished(bench, result);
});

test('with tests switched off the change is applied in a sandbox and published untested', async () => {
  await using bench = await openJobBench({ script: [answerWith('40')], env: { SELF_CODING_SKIP_TESTS: 'true' } });
  const result = await bench.run();
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  assert.equal(result.tests.base, null);
  assert.equal(result.tests.patched, null);
  const page = await readFile(fileURLToPath(result.pullRequest?.url ?? ''), 'utf8');
  assert.match(page, /Tests were switched off: nothing of this change has been run/);
  assert.doesNotMatch(page, /tested/);
});

test('a second proposal on the same repository gets a branch and a pull request of its own', async () => {
  await using bench = await openJobBench({ script: () => answerWith('42') });
  const [first, second] = [await bench.run(), await bench.run({ title: 'Again' })];
  assert.equal(second.status, 'pr_opened', second.reason ?? '');
  assert.notEqual(first.branch, second.branch);
  assert.equal(second.pullRequest?.number, 2);
});

test('a test command of the proposal is used instead of the default one', async () => {
  await using bench = await openJobBench({ script: [adding('notes.md', 'hello')] });
  const result = await bench.run({ testCommand: 'test -e notes.md' });
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  assert.equal(result.tests.base?.exitCode, 1);
});
