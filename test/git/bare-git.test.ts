import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createBareGit } from '../../orchestrator/git/bare-git.ts';
import { Fault } from '../../orchestrator/outcome.ts';
import { makeRepository, runGit } from '../support/repository.ts';

const files = {
  'README.md': 'hello\n',
  'bin/run': { mode: '100755', content: '#!/bin/sh\n' },
  'a b\nc"\\': 'odd name\n',
  link: { mode: '120000', content: 'README.md' },
  sub: { mode: '160000', content: '1'.repeat(40) },
} as const;

test('entries lists files, executables, links and gitlinks with their sizes, in git order', async () => {
  await using repository = await makeRepository({ files });
  const commit = await repository.git(['rev-parse', 'HEAD']);
  const entries = await createBareGit(repository.path).entries(commit);
  assert.deepEqual(
    entries.map(({ mode, type, path, size }) => [mode, type, path, size]),
    [
      ['100644', 'blob', 'README.md', 6],
      ['100644', 'blob', 'a b\nc"\\', 9],
      ['100755', 'blob', 'bin/run', 10],
      ['120000', 'blob', 'link', 9],
      ['160000', 'commit', 'sub', null],
    ],
  );
});

test('an empty tree has no entries', async () => {
  await using repository = await makeRepository({ files: {} });
  const commit = await repository.git(['rev-parse', 'HEAD']);
  assert.deepEqual(await createBareGit(repository.path).entries(commit), []);
});

test('blobs come back byte for byte in the order asked for, the same one twice too', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  await using repository = await makeRepository({ files: { bytes, empty: '', text: 'a\n\nb' } });
  const id = (path: string) => repository.git(['rev-parse', `HEAD:${path}`]);
  const ids = [await id('text'), await id('bytes'), await id('empty'), await id('text')];
  const blobs = await createBareGit(repository.path).blobs(ids);
  assert.deepEqual(
    blobs.map((blob) => Buffer.from(blob)),
    [Buffer.from('a\n\nb'), Buffer.from(bytes), Buffer.alloc(0), Buffer.from('a\n\nb')],
  );
  assert.deepEqual(await createBareGit(repository.path).blobs([]), []);
});

test('a blob that is missing, or no blob, is a fault', async () => {
  await using repository = await makeRepository({ files });
  const git = createBareGit(repository.path);
  await assert.rejects(git.blobs(['f'.repeat(40)]), Fault);
  await assert.rejects(git.blobs([await repository.git(['rev-parse', 'HEAD^{tree}'])]), Fault);
});

test('what is no object id never reaches a command line', async () => {
  const git = createBareGit('/nonexistent');
  await assert.rejects(git.entries('--help'), TypeError);
  await assert.rejects(git.blobs(['HEAD']), TypeError);
  await assert.rejects(git.pack('-h'), TypeError);
  await assert.rejects(git.changes('0'.repeat(40), '--output=/tmp/x'), TypeError);
  await assert.rejects(git.branch('--delete', '0'.repeat(40)), TypeError);
});

test('the patch is canonical: whole ids, both sides of a rename, and it applies to the base again', async () => {
  await using repository = await makeRepository({ files: { 'a.txt': 'one\ntwo\n', 'b.txt': 'b\n' } });
  const base = await repository.git(['rev-parse', 'HEAD']);
  await repository.commit({ 'a.txt': null, 'c.txt': 'one\ntwo\n', 'b.txt': 'B' });
  const tree = await repository.git(['rev-parse', 'HEAD^{tree}']);
  const git = createBareGit(repository.path);
  const patch = await git.patch(base, tree);
  const text = Buffer.from(patch).toString();
  assert.match(text, /^index [0-9a-f]{40}\.\.[0-9a-f]{40}/m);
  assert.doesNotMatch(text, /rename/);
  assert.deepEqual(await git.apply(base, patch), { kind: 'applied', tree });
});

test('the patch of a repository that names a textconv and an external diff runs neither', async () => {
  await using repository = await makeRepository({ files: { '.gitattributes': '*.txt diff=x\n', 'a.txt': 'one\n' } });
  const base = await repository.git(['rev-parse', 'HEAD']);
  await repository.commit({ 'a.txt': 'two\n' });
  const canary = join(repository.path, 'canary');
  for (const key of ['diff.x.command', 'diff.x.textconv', 'diff.external'])
    await repository.git(['config', key, `touch ${canary}; true`]);
  await createBareGit(repository.path).patch(base, await repository.git(['rev-parse', 'HEAD^{tree}']));
  assert.ok(!existsSync(canary));
  // The same diff without our options does run them.
  await repository.git(['diff', '--ext-diff', '--text', base, 'HEAD']);
  assert.ok(existsSync(canary));
});

test('a pack holds exactly one commit and its tree, whatever history there is', async () => {
  await using repository = await makeRepository({ files: { 'old.txt': 'a secret of the past\n' } });
  await repository.commit({ 'old.txt': null, 'new/b.txt': 'b\n' });
  const commit = await repository.commit({ 'new/c.txt': 'c\n' });
  await using other = await makeRepository();
  const pack = await createBareGit(repository.path).pack(commit);
  const file = join(other.path, 'one.pack');
  await writeFile(file, pack);
  await runGit(['index-pack', file]);
  const objects = (await runGit(['verify-pack', '-v', file])).split('\n').map((line) => line.split(/\s+/));
  const ids = objects.filter(([id = '']) => /^[0-9a-f]{40}$/.test(id)).map(([id]) => id);
  const wanted = await Promise.all(
    ['HEAD', 'HEAD^{tree}', 'HEAD:new', 'HEAD:new/b.txt', 'HEAD:new/c.txt'].map((name) =>
      repository.git(['rev-parse', name]),
    ),
  );
  assert.deepEqual(new Set(ids), new Set(wanted));
  assert.equal(ids.length, wanted.length);
});

const author = { name: 'Self-Coding Engine', email: 'engine@example.org' };

test('the same input makes the same commit id, in another repository too', async () => {
  const ids = [];
  for (const date of [new Date('2026-01-02T03:04:05.678Z'), new Date('2026-01-02T03:04:05.999Z')]) {
    await using repository = await makeRepository({ files: { a: 'a\n' } });
    const parent = await repository.git(['rev-parse', 'HEAD']);
    const tree = await repository.git(['rev-parse', 'HEAD^{tree}']);
    const input = { parent, tree, message: 'A title\n\nA body with "quotes" and ümlauts.\n', author, date };
    const id = await createBareGit(repository.path).commit(input);
    assert.equal(
      await repository.git(['log', '-1', '--format=%an <%ae> %at %cn %ct %P %T', id]),
      `Self-Coding Engine <engine@example.org> 1767323045 Self-Coding Engine 1767323045 ${parent} ${tree}`,
    );
    ids.push(id);
  }
  assert.equal(ids[0], ids[1]);
});

test('an author can not smuggle in a header', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  const parent = await repository.git(['rev-parse', 'HEAD']);
  const tree = await repository.git(['rev-parse', 'HEAD^{tree}']);
  const git = createBareGit(repository.path);
  for (const name of ['x\ngpgsig y', 'x <y@z>', '']) {
    await assert.rejects(
      git.commit({ parent, tree, message: 'm', date: new Date(0), author: { name, email: 'a@b' } }),
      TypeError,
    );
  }
});

test('a branch of the bare repository can be set, and set again', async () => {
  await using repository = await makeRepository({ files: { a: 'a\n' } });
  const first = await repository.git(['rev-parse', 'HEAD']);
  const second = await repository.commit({ a: 'b\n' });
  const git = createBareGit(repository.path);
  await git.branch('self-build/1', first);
  await git.branch('self-build/1', second);
  assert.equal(await repository.git(['rev-parse', 'refs/heads/self-build/1']), second);
});
