import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfCoding } from '../support/cli.ts';
import { answerWith, openJobBench } from '../support/job.ts';

test('several runs at once on one database, each with settings of its own, do not take each other’s jobs', async () => {
  await using bench = await openJobBench({ script: () => answerWith('42') });
  const run = (title: string, env: Readonly<Record<string, string>>) =>
    selfCoding(['run', '--repo', bench.repository.path, '--title', title, '--approve-as', 'alice', '--json'], {
      env: { ...bench.env, ...env },
    });
  const results = await Promise.all([
    run('with a pull request', {}),
    run('without', { SELF_CODING_ENABLE_PR: 'false' }),
    run('not allowed', { SELF_CODING_ALLOWED_REPO_PREFIXES: '/nowhere' }),
  ]);
  const lines = results.map(({ stdout }) => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''));
  assert.deepEqual(
    lines.map(({ status, code }) => ({ status, code })),
    [
      { status: 'pr_opened', code: null },
      { status: 'self_build_completed', code: null },
      { status: 'self_build_failed', code: 'repo_not_allowed' },
    ],
  );
  assert.deepEqual(
    results.map(({ exitCode }) => exitCode),
    [0, 0, 1],
  );
});

test('run ends with its one JSON line also when the database is away', async () => {
  const env = { DATABASE_URL: 'postgres://u:p@127.0.0.1:9/x' };
  const { exitCode, stdout } = await selfCoding(
    ['run', '--repo', '/x', '--title', 'T', '--approve-as', 'a', '--json'],
    { env },
  );
  assert.equal(exitCode, 3);
  const { reason, ...line } = JSON.parse(stdout);
  assert.match(reason, /ECONNREFUSED/);
  assert.deepEqual(line, {
    proposalId: null,
    status: null,
    code: 'internal_error',
    branch: null,
    commit: null,
    base: null,
    tree: null,
    pullRequest: null,
    tests: { base: null, patched: null },
    timingsMs: {},
  });
});
