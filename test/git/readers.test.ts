import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { createBareGit } from '../../orchestrator/git/bare-git.ts';
import { borrowMirror } from '../../orchestrator/git/borrow.ts';
import { Coprocess } from '../../orchestrator/git/coprocess.ts';
import { keepReading } from '../../orchestrator/git/readers.ts';
import { Fault } from '../../orchestrator/outcome.ts';
import { makeRepository } from '../support/repository.ts';
import { create, edit } from './given-diff.ts';

const files = { 'src/a.js': 'one\ntwo\nthree\n', 'end-of.txt': 'end-0 missing\n' };

async function given() {
  const repository = await makeRepository({ files });
  const commit = await repository.git(['rev-parse', 'HEAD']);
  const tree = await repository.git(['rev-parse', 'HEAD^{tree}']);
  return { repository, commit, tree };
}

test('readers that stay say the same as readers for one question, of objects that are made meanwhile too', async () => {
  const { repository, commit, tree } = await given();
  await using _ = repository;
  await using readers = keepReading(repository.path, { commit, tree });
  const [kept, once] = [createBareGit(repository.path, undefined, readers), createBareGit(repository.path)];
  for (const diff of [edit('src/a.js'), create('docs/x.md'), create('src/b.js')]) {
    const applied = await kept.apply(commit, Buffer.from(diff));
    assert.equal(applied.kind, 'applied');
    if (applied.kind !== 'applied') continue;
    const changes = await kept.changes(commit, applied.tree);
    assert.deepEqual(changes, await once.changes(commit, applied.tree));
    assert.equal(changes.length, 1);
    const ids = changes.map(({ newId }) => newId);
    assert.deepEqual(await kept.blobs(ids), await once.blobs(ids));
  }
  assert.deepEqual(await kept.changes(commit, tree), []);
  assert.deepEqual(
    await kept.names(commit, ['', 'src/', 'none/', 'end-of.txt/']),
    new Map([
      ['', ['end-of.txt', 'src']],
      ['src/', ['a.js']],
    ]),
  );
});

test('many questions at once are answered each with its own answer', async () => {
  const { repository, commit, tree } = await given();
  await using _ = repository;
  await using readers = keepReading(repository.path, { commit, tree });
  const git = createBareGit(repository.path, undefined, readers);
  const listings = await Promise.all(
    Array.from({ length: 50 }, (_each, at) => git.names(commit, [at % 2 ? '' : 'src/'])),
  );
  for (const [at, listing] of listings.entries()) assert.deepEqual([...listing.keys()], [at % 2 ? '' : 'src/']);
});

test('a name with a line break is refused, so that it can not become two questions', async () => {
  const { repository, commit } = await given();
  await using _ = repository;
  await assert.rejects(createBareGit(repository.path).names(commit, ['src\nHEAD:/']), TypeError);
});

test('a process that has ended is a fault for whoever asks, and no process is left', async () => {
  await using broken = new Coprocess({ args: ['no-such-command'], gitDir: '/dev/null' }, (line) => line);
  await assert.rejects(broken.ask(['x']), Fault);
  await assert.rejects(broken.ask(['x']), Fault);
});

test('what is tried in a borrowed mirror leaves the mirror as it was, and nothing beside it', async () => {
  const { repository, commit } = await given();
  await using _ = repository;
  const count = () => repository.git(['count-objects', '-v']);
  const before = await count();
  {
    await using borrowed = await borrowMirror(repository.path, commit);
    const git = createBareGit(borrowed.path);
    const applied = await git.apply(commit, Buffer.from(edit('src/a.js')));
    assert.equal(applied.kind, 'applied');
    assert.equal((await git.changes(commit, applied.kind === 'applied' ? applied.tree : '')).length, 1);
  }
  assert.equal(await count(), before);
  assert.deepEqual(
    (await readdir(dirname(repository.path))).filter((name) => name.startsWith('scratch-')),
    [],
  );
});
