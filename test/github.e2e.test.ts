/** The job against GitHub: git over HTTP with a token, and pull requests through the API, both on real protocols. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGithubServer } from './support/github-server.ts';
import { startGitServer } from './support/git-server.ts';
import { openJobBench, questionFiles } from './support/job.ts';

const token = 'ghp_canary0123456789';

test('a repository on GitHub gets one pushed branch and one labelled draft pull request, and nothing is merged', async () => {
  await using git = await startGitServer({ token });
  await using repository = await git.add('acme/question', { files: questionFiles });
  const branches = async (branch: string) =>
    (await repository.git(['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`])) || null;
  await using github = await startGithubServer({
    repositories: [{ fullName: 'acme/question', head: branches }],
    token,
    webUrl: git.url,
  });
  const env = {
    GITHUB_TOKEN: token,
    GITHUB_URL: git.url,
    GITHUB_API_URL: github.apiUrl,
    SELF_CODING_ALLOWED_REPO_PREFIXES: `${git.url}/acme/`,
  };
  await using bench = await openJobBench({ repository, env });
  const result = await bench.run({ repo: `${git.url}/acme/question` });

  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  assert.equal(await branches(result.branch ?? ''), result.commit);
  assert.equal(github.pulls.length, 1);
  const pull = github.pulls[0];
  assert.deepEqual(
    {
      head: pull?.head,
      base: pull?.base,
      sha: pull?.sha,
      draft: pull?.draft,
      labels: pull?.labels,
      state: pull?.state,
    },
    { head: result.branch, base: 'main', sha: result.commit, draft: true, labels: ['self-coding'], state: 'open' },
  );
  assert.deepEqual(github.violations, []);
  assert.deepEqual(bench.model.violations, []);
  assert.equal(await branches('main'), result.base);
  const seen = [bench.logged(), JSON.stringify(result), JSON.stringify(bench.model.requests), pull?.body ?? ''].join(
    '\n',
  );
  assert.ok(!seen.includes(token), 'the token is in no log, result, request to the model, or pull request');
});

test('pull requests on GitHub without a token are refused before anything is spent: forge_unavailable', async () => {
  await using git = await startGitServer();
  await using repository = await git.add('acme/question', { files: questionFiles });
  const env = { GITHUB_URL: git.url, SELF_CODING_ALLOWED_REPO_PREFIXES: `${git.url}/acme/` };
  await using bench = await openJobBench({ repository, env });
  const result = await bench.run({ repo: `${git.url}/acme/question` });
  assert.equal(result.code, 'forge_unavailable', result.reason ?? '');
  assert.match(result.reason ?? '', /GITHUB_TOKEN/);
  assert.equal(bench.model.requests.length, 0);
});

test('a remote that refuses the push: push_rejected, and no pull request', async () => {
  const refusesPush = { kind: 'status', status: 403 } as const;
  await using git = await startGitServer({
    token,
    answer: ({ url }) => (url.includes('git-receive-pack') ? refusesPush : null),
  });
  await using repository = await git.add('acme/question', { files: questionFiles });
  await using github = await startGithubServer({
    repositories: [{ fullName: 'acme/question', head: () => null }],
    token,
    webUrl: git.url,
  });
  const env = {
    GITHUB_TOKEN: token,
    GITHUB_URL: git.url,
    GITHUB_API_URL: github.apiUrl,
    SELF_CODING_ALLOWED_REPO_PREFIXES: `${git.url}/acme/`,
  };
  await using bench = await openJobBench({ repository, env });
  const result = await bench.run({ repo: `${git.url}/acme/question` });
  assert.equal(result.code, 'push_rejected', result.reason ?? '');
  assert.equal(github.pulls.length, 0);
});
