/** Each way a job is refused, on real parts: the code, nothing published, nothing left behind. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RunOptions } from '../orchestrator/cli/run.ts';
import { adding, answerWith, assertNothingPublished, type JobOptions, openJobBench } from './support/job.ts';

interface Refusal {
  readonly title: string;
  readonly code: string;
  readonly bench?: JobOptions;
  readonly run?: Partial<RunOptions>;
  /** Requests that the model must have seen; 1 where not given. */
  readonly asked?: number;
}

/** It writes a line as it is. */
const changingNothing =
  '--- a/src/question.py\n+++ b/src/question.py\n@@ -1,2 +1,2 @@\n-def answer():\n+def answer():\n     return 41\n';
const once = { SELF_CODING_MAX_ATTEMPTS: '1' };
const failing: readonly Refusal[] = [
  {
    title: 'the engine is off',
    code: 'engine_disabled',
    bench: { env: { ENABLE_SELF_CODING_ENGINE: 'false' } },
    asked: 0,
  },
  {
    title: 'a repository outside the allowed prefixes',
    code: 'repo_not_allowed',
    bench: { env: { SELF_CODING_ALLOWED_REPO_PREFIXES: '/nowhere' } },
    asked: 0,
  },
  { title: 'a branch that does not exist', code: 'repo_unsupported', run: { base: 'release' }, asked: 0 },
  { title: 'an empty repository', code: 'repo_unsupported', bench: { files: null }, asked: 0 },
  { title: 'high risk', code: 'risk_not_allowed', run: { risk: 'high' }, asked: 0 },
  { title: 'critical risk', code: 'risk_not_allowed', run: { risk: 'critical' }, asked: 0 },
  { title: 'a title of 10 MB', code: 'proposal_invalid', run: { title: 'x'.repeat(10_000_000) }, asked: 0 },
  {
    title: 'a model that is not there',
    code: 'ai_core_unavailable',
    bench: { env: { SELF_CODING_MODEL: 'no-such-model' } },
    asked: 0,
  },
  {
    title: 'a model that answers in prose, three times',
    code: 'model_output_invalid',
    bench: { script: ['I would rather not.'] },
    asked: 3,
  },
  {
    title: 'a model that answers with HTML',
    code: 'model_output_invalid',
    bench: { script: [{ kind: 'raw', contentType: 'text/html', body: '<html>502</html>' }], env: once },
  },
  {
    title: 'a model that answers nothing',
    code: 'model_output_invalid',
    bench: { script: [{ kind: 'raw', body: '' }], env: once },
  },
  {
    title: 'a diff that does not apply',
    code: 'diff_not_applicable',
    bench: { script: [answerWith('1').replace('return 41', 'return 4')], env: once },
  },
  { title: 'a diff that changes nothing', code: 'diff_empty', bench: { script: [changingNothing], env: once } },
  {
    title: 'a workflow',
    code: 'diff_path_protected:.github/workflows/x.yml',
    bench: { script: [adding('.github/workflows/x.yml', 'on: push')] },
  },
  {
    title: 'a suffix that is not allowed',
    code: 'diff_suffix_not_allowed:src/x.sh',
    bench: { script: [adding('src/x.sh', 'echo')] },
  },
  { title: 'an environment file', code: 'diff_path_protected:.env', bench: { script: [adding('.env', 'A=1')] } },
  { title: 'tests that fail in every round', code: 'tests_failed', bench: { script: [answerWith('40')] }, asked: 3 },
  { title: 'a test command that does not exist', code: 'tests_not_run', run: { testCommand: 'no-such-command --x' } },
  {
    title: 'a test command that finds no tests',
    code: 'tests_not_run',
    run: { testCommand: 'python3 -m pytest -q src' },
  },
  {
    title: 'tests that never end',
    code: 'tests_timeout',
    bench: { env: { AI_TASK_QUEUE_SELF_BUILD_TIMEOUT_SECONDS: '30' } },
    run: { testCommand: 'test "$(cat src/question.py | grep -c 42)" = 0 || sleep 600' },
  },
  {
    title: 'code that ends the test runner before a test ran',
    code: 'tests_not_run',
    bench: { script: [answerWith('__import__("os")._exit(0)'), answerWith('0')] },
  },
  {
    title: 'a module that takes the place of the test runner',
    code: 'diff_path_protected:pytest.py',
    bench: { script: [adding('pytest.py', 'raise SystemExit(0)')] },
  },
  {
    title: 'tests that print without end',
    code: 'sandbox_output_limit',
    run: { testCommand: 'grep -q 41 src/question.py || yes' },
  },
];

for (const { title, code, bench: options = {}, run = {}, asked = 1 } of failing) {
  test(`${title}: ${code}`, async () => {
    await using bench = await openJobBench(options);
    const result = await bench.run(run);
    assert.equal(result.code, code, result.reason ?? '');
    assert.ok(result.status !== 'pr_opened' && result.status !== 'self_build_completed');
    assert.ok((result.reason ?? '') !== '', 'a refusal says why');
    assert.equal(bench.model.requests.length, asked);
    await assertNothingPublished(bench, result);
  });
}

test('a repository that does not exist: repo_unsupported', async () => {
  await using bench = await openJobBench();
  const result = await bench.run({ repo: join(bench.repository.path, 'nothing') });
  assert.equal(result.code, 'repo_unsupported', result.reason ?? '');
});

test('a work tree with uncommitted changes: worktree_not_clean, and the model is not asked', async () => {
  await using bench = await openJobBench({ bare: false });
  await writeFile(join(bench.repository.path, 'src', 'question.py'), 'changed\n');
  const result = await bench.run();
  assert.equal(result.code, 'worktree_not_clean', result.reason ?? '');
  assert.equal(bench.model.requests.length, 0);
});

test('a clean work tree is built on like a bare repository', async () => {
  await using bench = await openJobBench({ bare: false });
  const result = await bench.run();
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
});

test('no key and no server: ai_core_unavailable before any sandbox starts', async () => {
  await using bench = await openJobBench({ env: { OPENAI_BASE_URL: '', OPENAI_API_KEY: '' } });
  const result = await bench.run();
  assert.equal(result.code, 'ai_core_unavailable', result.reason ?? '');
  assert.ok(!bench.stages.includes('prepare') && !bench.stages.includes('prove'));
});

test('a server that is down: the queue tries again, then ai_core_unavailable', async () => {
  await using bench = await openJobBench({ env: { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' } });
  const result = await bench.run();
  assert.equal(result.code, 'ai_core_unavailable', result.reason ?? '');
  assert.equal(bench.stages.filter((stage) => stage === 'admit').length, 3);
  assert.ok(!bench.stages.includes('prepare'));
});

test('Docker absent: the queue tries again, then sandbox_start_failed, and nothing is spent on the model', async () => {
  await using bench = await openJobBench({ env: { SELF_CODING_DOCKER_SOCKET: '/nowhere/docker.sock' } });
  const result = await bench.run();
  assert.equal(result.code, 'sandbox_start_failed', result.reason ?? '');
  assert.match(result.reason ?? '', /No Docker Engine answers/);
  assert.equal(bench.stages.filter((stage) => stage === 'admit').length, 3);
  assert.equal(bench.model.requests.length, 0);
});

test('the key of the model is in no log, no row and no request body', async () => {
  await using bench = await openJobBench();
  const result = await bench.run();
  assert.equal(result.status, 'pr_opened');
  const rows = await bench.db.selectFrom('ai_self_builds').selectAll().execute();
  for (const text of [bench.logged(), JSON.stringify(rows), JSON.stringify(bench.model.requests)]) {
    assert.ok(!text.includes('sk-canary-of-the-tests'));
  }
});
