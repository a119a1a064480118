import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeRepository, type TestRepository } from '../support/repository.ts';
import { asBase, given, reasonOf } from './given-repositories.ts';

const ways: Readonly<Record<string, (repository: TestRepository) => Promise<unknown>>> = {
  'an edited file': ({ path }) => writeFile(join(path, 'a'), 'changed\n'),
  'a staged file': async ({ path, git }) => {
    await writeFile(join(path, 'staged'), 'x\n');
    await git(['add', 'staged']);
  },
  'a staged edit that was taken back in the tree': async ({ path, git }) => {
    await writeFile(join(path, 'a'), 'changed\n');
    await git(['add', 'a']);
    await writeFile(join(path, 'a'), 'a\n');
  },
  'an untracked file': ({ path }) => writeFile(join(path, 'untracked'), 'x\n'),
  'an untracked directory': async ({ path }) => {
    await mkdir(join(path, 'new', 'deep'), { recursive: true });
    await writeFile(join(path, 'new', 'deep', 'file'), '');
  },
  'a deleted file': ({ path }) => rm(join(path, 'a')),
  'a file made executable': ({ path }) => chmod(join(path, 'a'), 0o755),
  'a file that became a link': async ({ path }) => {
    await rm(join(path, 'a'));
    await symlink('b', join(path, 'a'));
  },
};

for (const [what, dirty] of Object.entries(ways)) {
  test(`a work tree with ${what} is worktree_not_clean`, async () => {
    await using repository = await makeRepository({ bare: false, files: { a: 'a\n', b: 'b\n' } });
    await using place = await given();
    asBase(await place.fetch(repository.path));
    await dirty(repository);
    assert.match(reasonOf(await place.fetch(repository.path), 'worktree_not_clean'), /1 uncommitted/);
  });
}

test('ignored files, links, submodules and another branch that is checked out are clean', async () => {
  await using repository = await makeRepository({
    bare: false,
    files: {
      '.gitignore': '*.log\n',
      link: { mode: '120000', content: 'a' },
      a: 'a\r\n',
      '.gitattributes': '*.txt text\n',
    },
  });
  await writeFile(join(repository.path, 'x.log'), 'x\n');
  await repository.git(['checkout', '-q', '-b', 'other']);
  await using place = await given();
  assert.equal(asBase(await place.fetch(repository.path)).branch, 'main');
});

test('looking at a work tree writes nothing into it', async () => {
  await using repository = await makeRepository({ bare: false, files: { a: 'a\n' } });
  const before = await listing(repository.path);
  await using place = await given();
  asBase(await place.fetch(repository.path));
  assert.deepEqual(await listing(repository.path), before);
});

/** Every file with its size and time. */
async function listing(path: string): Promise<readonly string[]> {
  const names = (await readdir(path, { recursive: true })).toSorted((a, b) => a.localeCompare(b));
  return Promise.all(
    names.map(async (name) => {
      const { size, mtimeMs } = await stat(join(path, name));
      return `${name} ${size} ${mtimeMs}`;
    }),
  );
}
