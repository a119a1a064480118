/** Trees that git would not write, and addresses that are none. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { given } from '../keys/given-repositories.ts';
import { makeRepository } from '../support/repository.ts';
import type { AddressCase, ObjectsCase } from './git-cases.ts';
import { assertNoProcess, assertOnlyMirrors } from './git-leftovers.ts';
import { writeGiven } from './git-objects.ts';

/** A base commit made by hand is let in as it is, or not at all, and then nothing of it stays. */
export async function playObjects({ objects, expected }: ObjectsCase): Promise<void> {
  await using repository = await makeRepository({ files: { 'before.txt': 'a first commit\n' } });
  const commit = await writeGiven(repository.path, objects);
  // By hand as well: git would look at the commit first.
  await writeFile(join(repository.path, 'refs', 'heads', 'main'), `${commit}\n`);
  await using place = await given({ allowedPrefixes: [repository.path] });
  const ending = await place.fetch(repository.path);
  assert.equal('code' in ending ? ending.code : ending.kind, expected.fetch, 'reason' in ending ? ending.reason : '');
  if (ending.kind === 'base') {
    const paths = (await ending.git.entries(commit)).map(({ path }) => path);
    if (expected.paths !== undefined) assert.deepEqual(paths, expected.paths);
    if (expected.depth !== undefined) assert.equal(paths[0]?.split('/').length, expected.depth);
    assert.equal(new Set(paths).size, paths.length, 'no two paths became one');
    // What a sandbox would be sent holds the same commit, bit by bit.
    assert.ok((await ending.git.pack(commit)).byteLength > 0);
  }
  await assertOnlyMirrors(place.stateDir, ending.kind === 'base' ? 1 : 0);
  await assertNoProcess(place.stateDir);
}

/** What a proposer wrote is refused before anything is started, whatever the operator allowed. */
export async function playAddress({ repositories, expected }: AddressCase): Promise<void> {
  await using place = await given({ allowedPrefixes: ['/', 'https://github.com/', 'http://127.0.0.1/'] });
  for (const repo of repositories) {
    const resolved = await place.repositories.resolve(repo);
    assert.equal('code' in resolved ? resolved.code : resolved.kind, expected.resolve, repo);
    if ('reason' in resolved)
      assert.ok(!/canary-password/.test(resolved.reason), 'what may be a password is not repeated');
  }
  await assertNoProcess(place.stateDir);
}
