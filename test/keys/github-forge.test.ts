import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { type GithubFault } from '../support/github-server.ts';
import { branchCommit, inputOf, never, openOnce, setUp, token } from '../support/github-asker.ts';

// Each test has a server and a client of its own. The client keeps GitHub's wanted pause between two writes.
describe('the GitHub forge', { concurrency: true }, () => {
  test('a pull request is opened as a draft, with its title, body, base and labels', async () => {
    await using github = await setUp();
    const opened = await openOnce(github, { labels: ['self-coding', 'bug'] });
    const url = `${github.server.webUrl}/acme/widgets/pull/1`;
    assert.deepEqual(opened, { kind: 'opened', number: 1, url, draft: true });
    const [pull] = github.server.pulls;
    assert.equal(pull?.draft, true);
    assert.deepEqual([pull?.head, pull?.base, pull?.sha], ['self-build/p1', 'main', branchCommit]);
    assert.deepEqual([pull?.title, pull?.body, pull?.labels], ['Fix it', 'What and why', ['self-coding', 'bug']]);
    assert.deepEqual(github.server.operations, ['pulls/list', 'pulls/create', 'issues/add-labels']);
  });

  test('opening it twice gives the same pull request', async () => {
    await using github = await setUp();
    const first = await openOnce(github);
    assert.deepEqual(await openOnce(github), first);
    assert.equal(github.server.pulls.length, 1);
    assert.deepEqual(github.server.operations, ['pulls/list', 'pulls/create', 'pulls/list']);
  });

  test('opening it twice at once gives one pull request, and both are told of it', async () => {
    await using github = await setUp();
    const [first, second] = await Promise.all([openOnce(github), openOnce(github)]);
    assert.equal(first.kind, 'opened');
    assert.deepEqual(second, first);
    assert.equal(github.server.pulls.length, 1);
  });

  const lostAnswers: Readonly<Record<string, GithubFault>> = {
    'a 500': { operation: 'pulls/create', afterWork: true, kind: 'status', status: 500 },
    'a 502': { operation: 'pulls/create', afterWork: true, kind: 'status', status: 502 },
    'a reset connection': { operation: 'pulls/create', afterWork: true, kind: 'reset' },
    'half an answer': { operation: 'pulls/create', afterWork: true, kind: 'half_body' },
    'no answer in time': { operation: 'pulls/create', afterWork: true, kind: 'hang' },
    'a 201 with an empty object': { operation: 'pulls/create', afterWork: true, kind: 'body', body: '{}' },
    'a 201 with broken JSON': { operation: 'pulls/create', afterWork: true, kind: 'body', body: '{"number":' },
    'a 201 with no body': { operation: 'pulls/create', afterWork: true, kind: 'body', body: '' },
    'an HTML page': {
      operation: 'pulls/create',
      afterWork: true,
      kind: 'body',
      body: '<html>',
      contentType: 'text/html',
    },
  };
  for (const [what, fault] of Object.entries(lostAnswers)) {
    test(`a pull request that was created and answered with ${what} is found, not created again`, async () => {
      await using github = await setUp({ timeoutMs: fault.kind === 'hang' ? 1_500 : 10_000 });
      github.server.faults.push(fault);
      const opened = await openOnce(github);
      assert.equal(opened.kind === 'opened' && opened.number, 1);
      assert.equal(github.server.pulls.length, 1);
    });
  }

  test('a pull request of the same branch for another commit is push_conflict', async () => {
    await using github = await setUp();
    await openOnce(github);
    const refused = await openOnce(github, { commit: 'c'.repeat(40) });
    assert.equal(refused.kind === 'refused' && refused.code, 'push_conflict');
    assert.equal(github.server.pulls.length, 1);
  });

  test('a pull request whose base a person changed is still found', async () => {
    await using github = await setUp();
    await openOnce(github);
    const [pull] = github.server.pulls;
    assert.ok(pull);
    github.server.pulls[0] = { ...pull, base: 'develop' };
    const again = await openOnce(github);
    assert.equal(again.kind === 'opened' && again.number, 1);
    assert.equal(github.server.pulls.length, 1);
  });

  test('a pull request of someone else is not taken for ours, even if GitHub ignores the filter', async () => {
    await using github = await setUp();
    await openOnce(github, { branch: 'other', commit: 'd'.repeat(40) });
    const other = { number: 9, html_url: 'https://x.test/9', draft: true, state: 'open' };
    const list = JSON.stringify([{ ...other, head: { ref: 'other', sha: branchCommit, repo: null } }]);
    github.server.faults.push({ operation: 'pulls/list', kind: 'body', body: list });
    const opened = await openOnce(github);
    assert.equal(opened.kind === 'opened' && opened.number, 2);
  });

  test('a repository without drafts is refused with advice, and nothing else is opened instead', async () => {
    await using github = await setUp({ repository: { drafts: false } });
    const refused = await openOnce(github);
    assert.equal(refused.kind === 'refused' && refused.code, 'forge_unavailable');
    assert.match(refused.kind === 'refused' ? refused.reason : '', /not supported.*no draft pull requests/s);
    assert.equal(github.server.pulls.length, 0);
    assert.equal(github.server.operations.filter((operation) => operation === 'pulls/create').length, 1);
  });

  test('a branch that does not exist is refused with what GitHub says', async () => {
    await using github = await setUp();
    const refused = await openOnce(github, { branch: 'self-build/never-pushed' });
    assert.equal(refused.kind === 'refused' && refused.code, 'forge_unavailable');
  });

  test('a label that can’t be added does not fail the job, and is logged', async () => {
    await using github = await setUp();
    github.server.faults.push({ operation: 'issues/add-labels', kind: 'status', status: 403 });
    const opened = await openOnce(github, { labels: ['self-coding'] });
    assert.equal(opened.kind, 'opened');
    assert.equal(github.logged.filter((line) => line.includes('could not label')).length, 1);
  });

  for (const status of [301, 401, 403, 404, 410]) {
    test(`${status} is push_rejected: a token or repository that is gone does not come back by itself`, async () => {
      await using github = await setUp();
      github.server.faults.push({ operation: 'pulls/list', kind: 'status', status });
      const refused = await openOnce(github);
      assert.equal(refused.kind === 'refused' && refused.code, 'push_rejected');
      assert.deepEqual(github.server.operations, ['pulls/list']);
    });
  }

  test('a renamed repository is refused: the redirect is not followed with the token', async () => {
    await using github = await setUp({ repository: { movedTo: 'acme/gadgets' } });
    const refused = await openOnce(github);
    assert.equal(refused.kind === 'refused' && refused.code, 'push_rejected');
    assert.match(refused.kind === 'refused' ? refused.reason : '', /301/);
  });

  const troubles: Readonly<Record<string, GithubFault>> = {
    'a 500': { operation: 'pulls/create', kind: 'status', status: 500 },
    'a 503': { operation: 'pulls/create', kind: 'status', status: 503 },
    'a reset connection': { operation: 'pulls/create', kind: 'reset' },
    silence: { operation: 'pulls/create', kind: 'hang' },
    'a list that is HTML': { operation: 'pulls/list', kind: 'body', body: '<html>', contentType: 'text/html' },
    'a list that is no list': { operation: 'pulls/list', kind: 'body', body: '{"a":1}' },
    'a list over the size limit': { operation: 'pulls/list', kind: 'body', body: `["${'x'.repeat(9_000_000)}"]` },
  };
  for (const [what, fault] of Object.entries(troubles)) {
    test(`${what} from GitHub is a fault, so the queue may try again, and then there is one pull request`, async () => {
      await using github = await setUp({ timeoutMs: fault.kind === 'hang' ? 1_500 : 10_000 });
      github.server.faults.push(fault);
      await assert.rejects(openOnce(github), (error: unknown) => {
        assert.ok(error instanceof Error && 'code' in error && error.code === 'forge_unavailable', inspect(error));
        assert.equal(error.name, 'Fault');
        assert.ok(!inspect(error, { depth: null, showHidden: true }).includes(token), 'the token is in the error');
        return true;
      });
      assert.equal((await openOnce(github)).kind, 'opened');
      assert.equal(github.server.pulls.length, 1);
    });
  }

  test('a repository that is elsewhere, or no token, is not ready and says what to set', async () => {
    await using github = await setUp({ token: null });
    const { forge, repository } = github;
    const tokenless = forge.ready(repository);
    assert.match(tokenless.kind === 'refused' ? tokenless.reason : '', /GITHUB_TOKEN/);
    const elsewhere = forge.ready({ kind: 'remote', id: 'https://gitlab.example/acme/widgets' });
    assert.match(elsewhere.kind === 'refused' ? elsewhere.reason : '', /GITHUB_URL/);
    const refused = await forge.openPullRequest(inputOf(github), never);
    assert.equal(refused.kind === 'refused' && refused.code, 'forge_unavailable');
    assert.deepEqual(github.server.operations, []);
    await using ready = await setUp();
    assert.deepEqual(ready.forge.ready(ready.repository), { kind: 'ready' });
  });

  test('it works below the path of a GitHub Enterprise Server', async () => {
    await using github = await setUp({ basePath: '/api/v3' });
    assert.equal((await openOnce(github)).kind, 'opened');
  });

  test('a cancelled job opens nothing, also when GitHub is silent', async () => {
    await using github = await setUp();
    github.server.faults.push({ operation: 'pulls/list', kind: 'hang' });
    const cancel = new AbortController();
    const opening = github.forge.openPullRequest(inputOf(github), cancel.signal);
    setTimeout(() => cancel.abort(new Error('cancelled by hand')), 50);
    await assert.rejects(opening, /cancelled by hand/);
    await assert.rejects(github.forge.openPullRequest(inputOf(github), cancel.signal), /cancelled by hand/);
    assert.equal(github.server.pulls.length, 0);
  });
});
