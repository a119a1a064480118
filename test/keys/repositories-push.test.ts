import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mirrorHome, mirrorPath } from '../../orchestrator/git/mirror.ts';
import { makeRepository, runGit, type TestRepository } from '../support/repository.ts';
import { asBase, change, given, reasonOf } from './given-repositories.ts';

const branch = 'self-build/1';
const soon = () => AbortSignal.timeout(60_000);

async function withBase(repository: TestRepository) {
  const place = await given();
  const base = asBase(await place.fetch(repository.path));
  const push = (commit: string, name = branch) => place.repositories.push({ base, commit, branch: name }, soon());
  return { ...place, base, push };
}

test('a push makes one new branch at the commit, on the whole history of the base', async () => {
  for (const bare of [true, false]) {
    await using repository = await makeRepository({ bare, files: { a: 'a\n' } });
    await repository.commit({ b: 'b\n' });
    await using place = await withBase(repository);
    const commit = await change(place.base);
    assert.deepEqual(await place.push(commit), { kind: 'pushed' });
    assert.equal(await repository.git(['rev-parse', `refs/heads/${branch}`]), commit);
    assert.equal(await repository.git(['rev-list', '--count', branch]), '3');
    assert.equal((await repository.git(['for-each-ref', '--format=%(refname)'])).split('\n').length, 2);
    await repository.git(['fsck', '--strict']);
  }
});

test('the same commit again is a success, another one is push_conflict and changes nothing', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await withBase(repository);
  const commit = await change(place.base);
  assert.deepEqual(await place.push(commit), { kind: 'pushed' });
  assert.deepEqual(await place.push(commit), { kind: 'pushed' });
  const other = await change(place.base, 'other.txt');
  assert.match(reasonOf(await place.push(other), 'push_conflict'), new RegExp(commit));
  assert.equal(await repository.git(['rev-parse', `refs/heads/${branch}`]), commit);
});

test('a branch that is an ancestor of the new commit is not moved either', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await withBase(repository);
  await repository.git(['update-ref', `refs/heads/${branch}`, place.base.commit]);
  reasonOf(await place.push(await change(place.base)), 'push_conflict');
  assert.equal(await repository.git(['rev-parse', `refs/heads/${branch}`]), place.base.commit);
});

test('a push works on, whatever happened to the base branch but a rewrite', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await withBase(repository);
  await repository.commit({ b: 'b\n' });
  assert.deepEqual(await place.push(await change(place.base)), { kind: 'pushed' });
});

test('a repository that says no is push_rejected, with its words', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await withBase(repository);
  await repository.git(['config', 'receive.hideRefs', 'refs/heads/self-build']);
  const reason = reasonOf(await place.push(await change(place.base)), 'push_rejected');
  assert.match(reason, /deny updating a hidden ref/);
});

test('a program by which a partial clone would fetch what it lacks is not run', async () => {
  await using full = await makeRepository({ files: { a: `one\ntwo\n${'more\n'.repeat(3000)}` } });
  await full.git(['config', 'uploadpack.allowFilter', 'true']);
  await using place = await given();
  const partial = `${full.path}.partial.git`;
  await runGit(['clone', '-q', '--bare', `file://${full.path}`, partial]);
  const base = asBase(await place.fetch(partial));
  await runGit(['clone', '-q', '--bare', '--filter=blob:none', `file://${full.path}`, `${partial}.new`]);
  await rm(partial, { recursive: true });
  await rename(`${partial}.new`, partial);
  const canary = join(place.stateDir, 'canary');
  await runGit(['-C', partial, 'config', 'remote.origin.uploadpack', `touch ${canary}; false`]);
  // The push sends what has changed in the file, and the rest of it is what is lacking.
  const applied = await base.git.apply(
    base.commit,
    Buffer.from('--- a/a\n+++ b/a\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n more\n'),
  );
  assert.ok(applied.kind === 'applied');
  const author = { name: 'Engine', email: 'engine@example.org' };
  const commit = await base.git.commit({
    parent: base.commit,
    tree: applied.tree,
    message: 'm',
    author,
    date: new Date(0),
  });
  reasonOf(await place.repositories.push({ base, commit, branch }, soon()), 'push_rejected');
  assert.ok(!existsSync(canary));
});

test('two pushes of different commits at once: one wins, the other is push_conflict', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await withBase(repository);
  const commits = [await change(place.base, 'one.txt'), await change(place.base, 'two.txt')];
  const results = await Promise.all(commits.map((commit) => place.push(commit)));
  const codes = results.map((result) => (result.kind === 'refused' ? result.code : result.kind));
  assert.deepEqual(
    codes.toSorted((a, b) => a.localeCompare(b)),
    ['push_conflict', 'pushed'],
  );
  const winner = commits[codes.indexOf('pushed')];
  assert.equal(await repository.git(['rev-parse', `refs/heads/${branch}`]), winner);
});

test('the commit can be looked at in the mirror, without a push', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await withBase(repository);
  const commit = await change(place.base);
  await place.base.git.branch(branch, commit);
  const mirror = mirrorPath(mirrorHome(place.stateDir, place.base.repository), place.base.commit);
  assert.match(await runGit(['--git-dir', mirror, 'show', branch]), /\+new/);
});

test('a name that is no branch is a mistake of the caller', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await withBase(repository);
  const commit = await change(place.base);
  for (const name of ['--delete', '+main', 'a:b', '']) await assert.rejects(place.push(commit, name), TypeError);
  await assert.rejects(place.push(':refs/heads/main'), TypeError);
});
