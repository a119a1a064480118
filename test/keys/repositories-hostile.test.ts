/** Repositories that are too large; the other hostile ones are rows of test/hostile/corpus/git. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { makeRepository } from '../support/repository.ts';
import { given, reasonOf } from './given-repositories.ts';

test('a base commit that is too large is unsupported', async () => {
  const noise = createHash('shake256', { outputLength: 200_000 }).update('noise').digest();
  await using repository = await makeRepository({ files: { noise } });
  await using place = await given({ packBytes: 100_000 });
  assert.match(reasonOf(await place.fetch(repository.path), 'repo_unsupported'), /more than 100000 bytes/);
});

test('more files than a review could be about are unsupported, and a listing without end is cut off', async () => {
  for (const [levels, reason] of [
    [5, /has 248832 files/],
    [8, /can't be listed/],
  ] as const) {
    await using repository = await makeRepository({ files: { a: 'a\n' } });
    let entry = `100644 blob ${await repository.git(['rev-parse', 'main:a'])}`;
    for (let level = 0; level < levels; level += 1) {
      const lines = Array.from({ length: 12 }, (_, index) => `${entry}\t${index}\n`).join('');
      entry = `040000 tree ${await repository.git(['mktree'], lines)}`;
    }
    const tree = entry.split(' ')[2] ?? '';
    const commit = await repository.git(['commit-tree', '-m', 'm', tree]);
    await repository.git(['update-ref', 'refs/heads/main', commit]);
    await using place = await given();
    assert.match(reasonOf(await place.fetch(repository.path), 'repo_unsupported'), reason);
  }
});
