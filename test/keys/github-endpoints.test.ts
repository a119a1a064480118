import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { assertAllowed } from '../../orchestrator/keys/github-endpoints.ts';
import { setUp, token } from '../support/github-asker.ts';

const here = { owner: 'acme', repo: 'widgets', pull_number: 1, headers: { authorization: `token ${token}` } };
const forbidden: readonly (readonly [route: string, more?: Readonly<Record<string, unknown>>])[] = [
  ['PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge'],
  ['POST /repos/{owner}/{repo}/merges', { base: 'main', head: 'self-build/p1' }],
  ['POST /repos/{owner}/{repo}/merge-upstream', { branch: 'main' }],
  ['POST /graphql', { query: 'mutation { enablePullRequestAutoMerge(input: {}) { clientMutationId } }' }],
  ['POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', { event: 'APPROVE' }],
  ['PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { state: 'closed' }],
  ['PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ref: 'heads/main', sha: 'a' }],
  ['DELETE /repos/{owner}/{repo}/git/refs/{ref}', { ref: 'heads/main' }],
  ['PUT /repos/{owner}/{repo}/contents/{path}', { path: 'a', message: 'm', content: '' }],
  ['PATCH /repos/{owner}/{repo}', { allow_auto_merge: true }],
  ['DELETE /repos/{owner}/{repo}'],
  ['PUT /repos/{owner}/{repo}/branches/{branch}/protection', { branch: 'main' }],
  ['GET /repos/{owner}/{repo}/actions/secrets'],
  ['GET /user'],
  ['POST /repos/{owner}/{repo}/pulls', { title: 't', head: 'h', base: 'main' }],
  ['POST /repos/{owner}/{repo}/pulls', { title: 't', head: 'h', base: 'main', draft: false }],
  ['POST /repos/{owner}/{repo}/pulls', { title: 't', head: 'h', base: 'main', draft: 'true' }],
  ['GET /repos/{owner}/{repo}/pulls', { repo: '../../user' }],
  ['GET /repos/{owner}/{repo}/pulls', { repo: '..' }],
  ['GET /repos/{owner}/{repo}/pulls', { owner: 'a%2fb' }],
  ['GET https://evil.example/repos/{owner}/{repo}/pulls'],
  ['GET /repos/{owner}/{repo}/pulls', { baseUrl: 'http://127.0.0.1:9/other' }],
];

test('nothing but the listed endpoints leaves the process: no merge, no auto-merge, no approval, no ref update', async () => {
  await using github = await setUp();
  for (const [route, more] of forbidden) {
    const error = await github.client.request(route, { ...here, ...more }).then(
      () => assert.fail(`${route} was sent`),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof Error && error.name === 'ForbiddenEndpoint', `${route}: ${String(error)}`);
    assert.ok(!String(error).includes(token));
  }
  const merge = github.client.rest.pulls.merge({ owner: 'acme', repo: 'widgets', pull_number: 1 });
  await assert.rejects(merge, { name: 'ForbiddenEndpoint' });
  await assert.rejects(github.client.graphql('{ viewer { login } }'), { name: 'ForbiddenEndpoint' });
  assert.deepEqual(github.server.operations, []);
});

test('no spelling of a path makes a request that is not on the list', () => {
  const segments = fc.array(
    fc.constantFrom(
      'repos',
      'acme',
      'widgets',
      'pulls',
      '1',
      'merge',
      '.',
      '..',
      '%2e%2e',
      '%2F',
      '',
      'issues',
      'labels',
    ),
    { maxLength: 9 },
  );
  const listed = /^\/(repos\/[\w.-]+\/[\w.-]+\/(pulls|installation)|repos\/[\w.-]+\/[\w.-]+\/issues\/[\w.-]+\/labels)$/;
  fc.assert(
    fc.property(segments, fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE'), (path, method) => {
      const url = `https://api.github.com/${path.join('/')}`;
      try {
        assertAllowed({ method, url, baseUrl: 'https://api.github.com', body: { draft: true } });
      } catch {
        return;
      }
      assert.match(new URL(url).pathname, listed);
      assert.ok(method === 'GET' || method === 'POST');
    }),
    { numRuns: 2_000 },
  );
});
