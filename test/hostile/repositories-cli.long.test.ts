/** What is no repository at all, as a person at the command line meets it. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNothingLeft } from '../support/invariants.ts';
import { selfCoding } from '../support/cli.ts';
import { commitObject, treeObjects, writeRepository } from './oracle.ts';
import { openPlace, type Place } from './place.ts';

const diff = '--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n';

async function inspectIn(repo: string): Promise<{ readonly code: string; readonly reason: string }> {
  const { exitCode, stdout } = await selfCoding(['inspect', '--repo', repo, '--base', 'main', '--json'], {
    stdin: diff,
  });
  assert.equal(exitCode, 1, stdout);
  return JSON.parse(stdout);
}

async function givenRepository(place: Place): Promise<string> {
  const objects = treeObjects(new Map([['a.py', { mode: '100644', bytes: Buffer.from('x\n') }]]));
  const commit = commitObject(objects.at(-1)?.id ?? '');
  await writeRepository(place.gitDir, [...objects, commit], commit.id);
  return place.gitDir;
}

const kinds: Readonly<Record<string, (place: Place) => Promise<string>>> = {
  'a path where nothing is': async ({ stateDir }) => join(stateDir, 'nothing'),
  'a file': async ({ stateDir }) => {
    await writeFile(join(stateDir, 'file'), 'x');
    return join(stateDir, 'file');
  },
  'an empty directory': async ({ stateDir }) => stateDir,
  'a directory inside a repository': async (place) => join(await givenRepository(place), 'refs'),
  'a repository without its objects': async (place) => {
    const repo = await givenRepository(place);
    await rm(join(repo, 'objects'), { recursive: true });
    await mkdir(join(repo, 'objects'));
    return repo;
  },
  'a repository whose configuration is no configuration': async (place) => {
    const repo = await givenRepository(place);
    await writeFile(join(repo, 'config'), '[core\n\0\0\n');
    return repo;
  },
  'a repository of a format that nobody knows': async (place) => {
    const repo = await givenRepository(place);
    await writeFile(join(repo, 'config'), '[core]\n\trepositoryformatversion = 99\n');
    return repo;
  },
  'a repository whose branch is rubbish': async (place) => {
    const repo = await givenRepository(place);
    await writeFile(join(repo, 'refs', 'heads', 'main'), 'rubbish\n');
    return repo;
  },
  'a repository whose branch points at itself': async (place) => {
    const repo = await givenRepository(place);
    await writeFile(join(repo, 'refs', 'heads', 'main'), 'ref: refs/heads/main\n');
    return repo;
  },
};

for (const [title, make] of Object.entries(kinds)) {
  test(`${title}: repo_unsupported, with a reason, and nothing is touched`, async () => {
    await using place = await openPlace();
    const repo = await make(place);
    const before = await place.snapshot();
    const { code, reason } = await inspectIn(repo);
    assert.equal(code, 'repo_unsupported', reason);
    assert.ok(reason.length > 20);
    await assertNothingLeft({ unchanged: before });
  });
}
