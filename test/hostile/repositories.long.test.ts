/** Repositories that are unreadable, incomplete, hostile or just large: a clear code or a right tree, and nothing touched. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { label } from '../../orchestrator/outcome.ts';
import { assertNothingLeft, watchProcess } from '../support/invariants.ts';
import { judgeIn } from './engine.ts';
import {
  commitObject,
  objectOf,
  type OracleFile,
  type StoredObject,
  treeIdOf,
  treeObject,
  type TreeLine,
  treeObjects,
  writeRepository,
} from './oracle.ts';
import { openPlace } from './place.ts';

const watch = watchProcess();
after(() => watch.stop());

const file = (text: string, mode = '100644'): OracleFile => ({ mode, bytes: Buffer.from(text) });
const lines = 'one\ntwo\nthree\n';
const blob = objectOf('blob', Buffer.from(lines));
const plain = new Map([['src/a.py', file(lines)]]);
const edit = (path: string, prefix = '') =>
  `diff --git ${prefix}a/${path}${prefix} ${prefix}b/${path}${prefix}\n--- ${prefix}a/${path}${prefix}\n+++ ${prefix}b/${path}${prefix}\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n`;

interface Given {
  readonly objects: readonly StoredObject[];
  /** A tree by default; else whatever `main` shall name. */
  readonly tip?: string;
  readonly without?: readonly string[];
  readonly revision?: string;
  readonly diff?: string;
  /** More to do with the repository before it is used. */
  readonly change?: (gitDir: string) => Promise<void>;
}

/** `code:detail` or the tree; in any case nothing has changed but the engine's own directory, where a mirror may be. */
async function outcome({ objects, tip, without = [], revision, diff, change }: Given): Promise<string> {
  await using place = await openPlace();
  const commit = commitObject(objects.at(-1)?.id ?? '');
  const repo = join(place.stateDir, '..', 'their.git');
  const kept = [...objects, commit].filter(({ id }) => !without.includes(id));
  await writeRepository(repo, kept, tip ?? commit.id);
  await change?.(repo);
  const before = await place.snapshot();
  const verdict = await judgeIn(place.stateDir, repo, {
    diff: diff ?? edit('src/a.py'),
    ...(revision === undefined ? {} : { revision }),
  });
  const said = verdict.kind === 'refused' ? label(verdict) : verdict.tree;
  if (verdict.kind === 'refused') assert.doesNotMatch(`${verdict.reason}${said}`, /[^\P{C}\n\t]/u);
  await assertNothingLeft({
    stateDir: { path: place.stateDir, may: ['git'] },
    unchanged: before,
    process: { watch, megabytes: 512 },
  });
  return said;
}

const edited = (files: ReadonlyMap<string, OracleFile>, path = 'src/a.py') =>
  treeIdOf(new Map([...files, [path, file('one\nTWO\nthree\n')]]));

test('an ordinary repository made by hand gives the tree that was computed by hand', async () => {
  assert.equal(await outcome({ objects: treeObjects(plain) }), edited(plain));
});

for (const revision of [
  'nothing',
  '',
  '-h',
  '--help',
  '--all',
  'main^{tree}',
  'main:src/a.py',
  'main..main',
  '@{-1}',
  ':/a base',
  'HEAD~1',
  '0'.repeat(40),
  blob.id,
  'ma\u202ein',
  'main\nmain',
  '../../main',
]) {
  test(`a base that is no commit: ${JSON.stringify(revision)}`, async () => {
    assert.equal(await outcome({ objects: treeObjects(plain), revision }), 'repo_unsupported');
  });
}

test('a branch that names a tree or a file instead of a commit is unsupported', async () => {
  const objects = treeObjects(plain);
  assert.equal(await outcome({ objects, tip: objects.at(-1)?.id ?? '' }), 'repo_unsupported');
  assert.equal(await outcome({ objects, tip: blob.id }), 'repo_unsupported');
});

test('objects missing: the blob to change, another one, a directory, the root, the commit', async () => {
  const files = new Map([...plain, ['src/b.py', file('b\n')], ['lib/c.py', file('c\n')]]);
  const objects = treeObjects(files);
  const other = objectOf('blob', Buffer.from('b\n')).id;
  const root = treeIdOf(files);
  const lib = treeIdOf(new Map([['c.py', file('c\n')]]));
  for (const missing of [blob.id, other, lib, root, commitObject(root).id]) {
    assert.equal(await outcome({ objects, without: [missing] }), 'repo_unsupported');
  }
});

test('a partial clone, whose promised objects would have to be fetched, fetches nothing', async () => {
  const objects = treeObjects(plain);
  const said = await outcome({
    objects,
    without: [blob.id],
    change: async (gitDir) => {
      const config = `[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tpartialClone = origin\n[remote "origin"]\n\turl = ext::sh -c "touch ${join(gitDir, 'fetched')}"\n\tpromisor = true\n\tpartialclonefilter = blob:none\n[protocol "ext"]\n\tallow = always\n`;
      await writeFile(join(gitDir, 'config'), config);
    },
  });
  assert.equal(said, 'repo_unsupported');
});

const bad: Readonly<Record<string, readonly TreeLine[]>> = {
  'a file named .git': [{ mode: '100644', name: '.git', id: blob.id }],
  'a file named ..': [{ mode: '100644', name: '..', id: blob.id }],
  'a name with a slash': [{ mode: '100644', name: 'src/a.py', id: blob.id }],
  'no name': [{ mode: '100644', name: '', id: blob.id }],
  'a name twice': [
    { mode: '100644', name: 'a.py', id: blob.id },
    { mode: '100644', name: 'a.py', id: blob.id },
  ],
  'names out of order': [
    { mode: '100644', name: 'b.py', id: blob.id },
    { mode: '100644', name: 'a.py', id: blob.id },
  ],
  'a file that is said to be a directory': [{ mode: '40000', name: 'a.py', id: blob.id }],
};
for (const [title, entries] of Object.entries(bad)) {
  test(`a tree that git would not write is unsupported: ${title}`, async () => {
    const objects = [blob, treeObject(entries)];
    assert.equal(await outcome({ objects, diff: edit('a.py') }), 'repo_unsupported');
  });
}

test('submodules, LFS pointers, links and odd modes beside a change stay what they are', async () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
  const files = new Map([
    ...plain,
    ['vendor/lib', file('1'.repeat(40), '160000')],
    ['assets/big.bin', file(pointer)],
    ['latest', file('src/a.py', '120000')],
    ['run.sh', file('#!/bin/sh\n', '100755')],
    ['.gitmodules', file('[submodule "lib"]\n\tpath = vendor/lib\n\turl = https://example.org/lib\n')],
    ['.gitattributes', file('*.bin filter=lfs diff=lfs merge=lfs -text\n')],
  ]);
  assert.equal(await outcome({ objects: treeObjects(files) }), edited(files));
});

test('a change of an LFS pointer is diff_binary: what it points to can not be read', async () => {
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 1\n`;
  const files = new Map([['data.txt', file(pointer)]]);
  const diff = `--- a/data.txt\n+++ b/data.txt\n@@ -3 +3 @@\n-size 1\n+size 2\n`;
  assert.equal(await outcome({ objects: treeObjects(files), diff }), 'diff_binary:data.txt');
});

test('file names of any bytes beside a change stay what they are', async () => {
  const entries: TreeLine[] = [
    Buffer.from([0x61, 0xff, 0xfe]),
    'new\nline',
    'tab\tx',
    '\x1b[2J',
    '\u202etxt',
    'z.py',
  ].map((name) => ({ mode: '100644', name, id: blob.id }));
  const sorted = entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  const after = objectOf('blob', Buffer.from('one\nTWO\nthree\n'));
  const wanted = treeObject(sorted.map((entry) => (entry.name === 'z.py' ? { ...entry, id: after.id } : entry)));
  assert.equal(await outcome({ objects: [blob, treeObject(sorted)], diff: edit('z.py') }), wanted.id);
});

test('a change of a file whose name is no UTF-8 is diff_path_invalid, and shown escaped', async () => {
  const root = treeObject([{ mode: '100644', name: Buffer.from([0x61, 0xff]), id: blob.id }]);
  const said = await outcome({ objects: [blob, root], diff: edit(String.raw`a\377`, '"') });
  assert.match(said, /^diff_path_invalid:[\x20-\x7e]+$/);
});

test('a hundred thousand files, one of them changed: exactly that one', async () => {
  const bytes = Buffer.from(lines);
  const names = Array.from({ length: 100_000 }, (_, n) => `d${n % 100}/f${n}.py`);
  const files = new Map(names.map((name) => [name, { mode: '100644', bytes }]));
  const path = 'd42/f4242.py';
  assert.equal(await outcome({ objects: treeObjects(files), diff: edit(path) }), edited(files, path));
});
