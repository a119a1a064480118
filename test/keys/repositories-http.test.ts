import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitRequest } from '../support/git-server.ts';
import { asBase, change, forge, isFault, isPush, reasonOf, resolved, soon, status } from './given-repositories.ts';

test('a base is fetched and a branch is pushed over HTTP with a token', async () => {
  await using place = await forge();
  const base = asBase(await place.fetch(place.url));
  assert.equal(base.commit, await place.repository.git(['rev-parse', 'main']));
  const commit = await change(base);
  assert.deepEqual(await place.repositories.push({ base, commit, branch: 'self-build/1' }, soon()), { kind: 'pushed' });
  assert.equal(await place.repository.git(['rev-parse', 'self-build/1']), commit);
  assert.ok(place.server.requests.some(({ protocol }) => protocol === 'version=2'));
});

test('a server that knows a repository only without .git is understood', async () => {
  await using place = await forge({ answer: ({ url }) => (url.includes('.git/') ? status(404) : null) });
  asBase(await place.fetch(place.url));
});

test('a pinned commit below the tip is fetched and pushed on over HTTP; after a rewrite it is base_moved', async () => {
  await using place = await forge();
  const pinned = await place.repository.git(['rev-parse', 'main']);
  await place.repository.commit({ b: 'b\n' });
  const base = asBase(await place.fetch(place.url, 'main', pinned));
  assert.equal(base.commit, pinned);
  const commit = await change(base);
  assert.deepEqual(await place.repositories.push({ base, commit, branch: 'self-build/1' }, soon()), { kind: 'pushed' });
  await place.repository.git([
    'update-ref',
    'refs/heads/main',
    await place.repository.git(['commit-tree', '-m', 'm', 'main^{tree}']),
  ]);
  reasonOf(await place.fetch(place.url, 'main', pinned), 'base_moved');
  reasonOf(await place.repositories.push({ base, commit, branch: 'self-build/2' }, soon()), 'base_moved');
});

test('a server of the old protocol, which gives no commit by its id, gives a pinned one with its branch', async () => {
  await using place = await forge({ oldProtocol: true });
  const pinned = await place.repository.git(['rev-parse', 'main']);
  await place.repository.commit({ b: 'b\n' });
  const base = asBase(await place.fetch(place.url, 'main', pinned));
  assert.equal(base.commit, pinned);
  assert.deepEqual(
    (await base.git.entries(pinned)).map(({ path }) => path),
    ['a'],
  );
});

test('without a token, or with a wrong one, the repository is unsupported and the reason names GITHUB_TOKEN', async () => {
  for (const wrong of [null, 'ghs_SomeOtherToken']) {
    await using place = await forge({}, wrong);
    const reason = reasonOf(await place.fetch(place.url), 'repo_unsupported');
    assert.match(reason, /401: set GITHUB_TOKEN/);
  }
});

test('a repository that the server does not have, and a page that is no git server, are unsupported', async () => {
  await using place = await forge();
  assert.match(reasonOf(await place.fetch(`${place.server.url}/acme/missing`), 'repo_unsupported'), /404/);
  await using page = await forge({
    answer: () => ({ kind: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }),
  });
  assert.match(reasonOf(await page.fetch(page.url), 'repo_unsupported'), /not as a git server/);
});

for (const code of [500, 502, 503, 429, 408]) {
  test(`status ${code} is a fault: the next delivery tries again`, async () => {
    await using place = await forge({ answer: () => status(code) });
    await assert.rejects(place.fetch(place.url), isFault('forge_unavailable'));
  });
}

test('a server that hangs up, or that is not there, is a fault', async () => {
  await using place = await forge({ answer: () => ({ kind: 'drop' }) });
  await assert.rejects(place.fetch(place.url), isFault('forge_unavailable'));
  await place.server[Symbol.asyncDispose]();
  await assert.rejects(place.fetch(place.url), isFault('forge_unavailable'));
});

test('a server that breaks off in mid-fetch is a fault and leaves nothing', async () => {
  let posts = 0;
  await using place = await forge({
    answer: ({ method }) => {
      posts += method === 'POST' ? 1 : 0;
      // The first question is for the branches.
      return posts > 1 && method === 'POST' ? { kind: 'drop' } : null;
    },
  });
  await assert.rejects(place.fetch(place.url), isFault('forge_unavailable'));
  const [home = ''] = await readdir(join(place.stateDir, 'git'));
  assert.deepEqual(await readdir(join(place.stateDir, 'git', home)), []);
});

test('a server that never answers is left when the job is cancelled', async () => {
  const asked = Promise.withResolvers<void>();
  await using place = await forge({
    answer: () => {
      asked.resolve();
      return { kind: 'hang' };
    },
  });
  const repository = await resolved(place.repositories, place.url);
  const abort = new AbortController();
  const fetching = place.repositories.fetchBase({ repository, branch: 'main', pinned: null }, abort.signal);
  const ending = assert.rejects(fetching, isFault('cancelled'));
  await asked.promise;
  abort.abort();
  await ending;
});

const forbidden: Readonly<Record<string, (request: GitRequest) => boolean>> = {
  'from the start': isPush,
  'once it sends something': (request) => isPush(request) && request.method === 'POST',
};
for (const [when, forbids] of Object.entries(forbidden)) {
  test(`a push that is forbidden with 403 ${when} is push_rejected`, async () => {
    await using place = await forge({ answer: (request) => (forbids(request) ? status(403) : null) });
    const base = asBase(await place.fetch(place.url));
    const request = { base, commit: await change(base), branch: 'self-build/1' };
    assert.match(reasonOf(await place.repositories.push(request, soon()), 'push_rejected'), /403/);
  });
}

test('a push to a server that is failing is a fault, and succeeds when it is repeated', async () => {
  let failing = true;
  await using place = await forge({ answer: (request) => (failing && isPush(request) ? status(502) : null) });
  const base = asBase(await place.fetch(place.url));
  const request = { base, commit: await change(base), branch: 'self-build/1' };
  await assert.rejects(place.repositories.push(request, soon()), isFault('forge_unavailable'));
  failing = false;
  assert.deepEqual(await place.repositories.push(request, soon()), { kind: 'pushed' });
  assert.deepEqual(await place.repositories.push(request, soon()), { kind: 'pushed' });
});
