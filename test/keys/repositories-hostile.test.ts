/** Repositories whose content, configuration or size is meant to do harm. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mirrorHome } from '../../orchestrator/git/mirror.ts';
import { makeRepository, runGit } from '../support/repository.ts';
import { asBase, given, reasonOf, resolved } from './given-repositories.ts';

test('G-11 trees with .git, .. or a doubled name are not let in, and nothing of them stays', async () => {
  for (const names of [['.git'], ['..'], ['a', 'a'], ['a/b']]) {
    await using repository = await makeRepository({ files: { a: 'a\n' } });
    const blob = await repository.git(['rev-parse', 'main:a']);
    const entries = names.map((name) => Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')]));
    const tree = await repository.git(
      ['hash-object', '-t', 'tree', '-w', '--stdin', '--literally'],
      Buffer.concat(entries),
    );
    await repository.git(['update-ref', 'refs/heads/main', await repository.git(['commit-tree', '-m', 'm', tree])]);
    await using place = await given();
    assert.match(reasonOf(await place.fetch(repository.path), 'repo_unsupported'), /not let in/);
    const home = mirrorHome(place.stateDir, await resolved(place.repositories, repository.path));
    assert.deepEqual(await readdir(home), []);
  }
});

test('a base commit that is too large is unsupported', async () => {
  const noise = createHash('shake256', { outputLength: 200_000 }).update('noise').digest();
  await using repository = await makeRepository({ files: { noise } });
  await using place = await given({ packBytes: 100_000 });
  assert.match(reasonOf(await place.fetch(repository.path), 'repo_unsupported'), /more than 100000 bytes/);
});

test('G-08 URL rewriting and helper programs in the configuration of a repository are not followed', async () => {
  await using repository = await makeRepository({
    files: { '.gitattributes': '* filter=x diff=x\n', a: 'a\n' },
    bare: false,
  });
  const canary = join(repository.path, '..', 'canary');
  const program = `sh -c "touch ${canary}"`;
  const settings = {
    'url.ext::x .insteadOf': '/',
    'protocol.ext.allow': 'always',
    'core.fsmonitor': program,
    'filter.x.clean': program,
    'filter.x.process': program,
    'filter.x.required': 'true',
    'uploadpack.packObjectsHook': program,
    'core.sshCommand': program,
    'alias.status': `!${program}`,
    'core.hooksPath': join(repository.path, '..', 'hooks'),
  };
  for (const [key, value] of Object.entries(settings)) await repository.git(['config', key, value]);
  await mkdir(join(repository.path, '..', 'hooks'));
  for (const hook of ['post-index-change', 'fsmonitor-watchman', 'reference-transaction', 'pre-auto-gc']) {
    await writeFile(join(repository.path, '..', 'hooks', hook), `#!/bin/sh\ntouch ${canary}\n`, { mode: 0o755 });
  }
  // A newer time stamp makes `status` read the file again, through its filter.
  await utimes(join(repository.path, 'a'), new Date(), new Date());
  await using place = await given();
  asBase(await place.fetch(repository.path));
  assert.ok(!existsSync(canary));
  // The same question without our settings does run them.
  await runGit(['-C', repository.path, 'status']).catch(() => undefined);
  assert.ok(existsSync(canary));
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
