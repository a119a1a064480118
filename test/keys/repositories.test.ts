import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmod, chown, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mirrorHome, mirrorPath } from '../../orchestrator/git/mirror.ts';
import { makeRepository, runGit } from '../support/repository.ts';
import { asBase, given, isFault, reasonOf, resolved } from './given-repositories.ts';

test('the tip of a branch of a bare repository or a work tree is fetched with its tree and nothing else', async () => {
  for (const bare of [true, false]) {
    await using repository = await makeRepository({ bare, files: { 'a.txt': 'a\n' } });
    const commit = await repository.commit({ 'b.txt': 'b\n' });
    await using place = await given();
    const base = asBase(await place.fetch(repository.path));
    assert.equal(base.commit, commit);
    assert.equal(base.tree, await repository.git(['rev-parse', `${commit}^{tree}`]));
    assert.deepEqual(
      (await base.git.entries(base.commit)).map(({ path }) => path),
      ['a.txt', 'b.txt'],
    );
    const mirror = mirrorPath(mirrorHome(place.stateDir, base.repository), commit);
    assert.equal(await runGit(['-C', mirror, 'rev-list', '--count', '--all']), '1');
  }
});

test('the same base again needs no second mirror, and the next base starts from the last', async () => {
  await using repository = await makeRepository({ files: { big: 'x'.repeat(10_000) } });
  await using place = await given();
  const first = asBase(await place.fetch(repository.path));
  asBase(await place.fetch(repository.path));
  const home = mirrorHome(place.stateDir, first.repository);
  assert.deepEqual(await readdir(home), [`${first.commit}.git`]);
  await repository.commit({ small: 'y\n' });
  const second = asBase(await place.fetch(repository.path));
  assert.equal((await readdir(home)).length, 2);
  assert.equal(await runGit(['-C', mirrorPath(home, second.commit), 'cat-file', '-t', first.commit]), 'commit');
  assert.deepEqual(
    (await second.git.entries(second.commit)).map(({ path }) => path),
    ['big', 'small'],
  );
});

test('a mirror whose objects were damaged is no obstacle for the next base', async () => {
  await using repository = await makeRepository({ files: { big: 'x'.repeat(10_000) } });
  await using place = await given();
  const first = asBase(await place.fetch(repository.path));
  const packs = join(mirrorPath(mirrorHome(place.stateDir, first.repository), first.commit), 'objects', 'pack');
  for (const name of (await readdir(packs)).filter((file) => file.endsWith('.pack'))) {
    await chmod(join(packs, name), 0o600);
    await writeFile(join(packs, name), 'nonsense');
  }
  const commit = await repository.commit({ small: 'y\n' });
  assert.equal(asBase(await place.fetch(repository.path)).commit, commit);
});

test('many jobs on one repository at once all get their base', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  const old = await repository.git(['rev-parse', 'main']);
  const tip = await repository.commit({ b: 'b\n' });
  await using place = await given();
  const results = await Promise.all(
    [null, old, null, tip, old, null].map((pinned) => place.fetch(repository.path, 'main', pinned)),
  );
  assert.deepEqual(
    results.map((result) => asBase(result).commit),
    [tip, old, tip, tip, old, tip],
  );
  assert.equal((await readdir(mirrorHome(place.stateDir, asBase(results[0] ?? assert.fail()).repository))).length, 2);
});

test('a missing branch and an empty repository are told apart, and the reason says what to do', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' }, branch: 'trunk' });
  await using empty = await makeRepository();
  await using place = await given();
  assert.match(reasonOf(await place.fetch(repository.path), 'repo_unsupported'), /no branch main; it has trunk\. Set/);
  assert.match(reasonOf(await place.fetch(empty.path), 'repo_unsupported'), /empty\. Make a first commit/);
});

test('a name that is no branch is unsupported before git sees it', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await given();
  for (const branch of ['--upload-pack=touch /tmp/canary', 'a..b', 'refs/heads/../x', '', 'HEAD:x']) {
    reasonOf(await place.fetch(repository.path, branch), 'repo_unsupported');
  }
});

test('a repository that is gone or damaged when it is fetched is unsupported', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await given();
  const found = await resolved(place.repositories, repository.path);
  await writeFile(join(repository.path, 'config'), '[core\n');
  const request = { repository: found, branch: 'main', pinned: null };
  reasonOf(await place.repositories.fetchBase(request, AbortSignal.timeout(60_000)), 'repo_unsupported');
  await rm(repository.path, { recursive: true });
  reasonOf(await place.repositories.fetchBase(request, AbortSignal.timeout(60_000)), 'repo_unsupported');
});

test('a repository of SHA-256 objects is unsupported', async () => {
  await using parent = await makeRepository();
  const path = join(parent.path, 'sha256.git');
  await runGit(['init', '-q', '--bare', '--object-format=sha256', '--initial-branch=main', path]);
  const tree = await runGit(['-C', path, 'mktree'], '');
  await runGit([
    '-C',
    path,
    'update-ref',
    'refs/heads/main',
    await runGit(['-C', path, 'commit-tree', '-m', 'm', tree]),
  ]);
  await using place = await given();
  assert.match(reasonOf(await place.fetch(path), 'repo_unsupported'), /SHA-256/);
});

test('a pinned commit is kept while the branch goes on, and is base_moved once the branch is rewritten', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  const pinned = await repository.git(['rev-parse', 'main']);
  // More than one step of the search below the tip.
  const head = 'commit refs/heads/main\ncommitter A Person <person@example.org> 1700000000 +0000\ndata 1\nx\n';
  await repository.git(['fast-import', '--quiet'], `${head}from ${pinned}\n\n${`${head}\n`.repeat(70)}`);
  await using place = await given();
  assert.equal(asBase(await place.fetch(repository.path, 'main', pinned)).commit, pinned);
  await repository.git([
    'update-ref',
    'refs/heads/main',
    await repository.git(['commit-tree', '-m', 'another root', 'main^{tree}']),
  ]);
  assert.match(reasonOf(await place.fetch(repository.path, 'main', pinned), 'base_moved'), /rewritten/);
});

test('a repository of another owner works, since its path was allowed', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' }, bare: false });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await chownAll(repository.path, 54_321);
  await using place = await given();
  const base = asBase(await place.fetch(repository.path));
  assert.equal(base.branch, 'main');
  // git itself refuses it where the operator did not name it.
  if (isRoot) await assert.rejects(runGit(['ls-remote', repository.path]), /dubious ownership/);
});

test('an aborted fetch is the fault "cancelled" and leaves nothing', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  await using place = await given();
  const found = await resolved(place.repositories, repository.path);
  const request = { repository: found, branch: 'main', pinned: null };
  await assert.rejects(place.repositories.fetchBase(request, AbortSignal.abort()), isFault('cancelled'));
  assert.deepEqual(await readdir(mirrorHome(place.stateDir, found)), []);
});

async function chownAll(path: string, uid: number): Promise<void> {
  for (const entry of await readdir(path, { recursive: true })) await chown(join(path, entry), uid, uid);
  await chown(path, uid, uid);
}
