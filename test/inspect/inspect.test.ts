import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Rules } from '../../orchestrator/inspect/rules.ts';
import { inspect } from '../../orchestrator/inspect/inspect.ts';
import { fetchRevision, type Revision } from '../../orchestrator/keys/fetch-revision.ts';
import { label } from '../../orchestrator/outcome.ts';
import { makeRepository, type TestRepository } from '../support/repository.ts';
import { rules } from './given.ts';

const files = {
  'src/a.py': 'one\ntwo\nthree\n',
  'src/b.py': 'b\n',
  'README.md': 'read me\n',
  'tool.sh': { mode: '100755', content: 'echo\n' },
  'run.py': { mode: '100755', content: 'print(1)\n' },
  link: { mode: '120000', content: 'src/a.py' },
  'package.json': '{}\n',
  'tests/test_a.py': 'def test_a():\n    assert 1 + 1 == 2\n',
  'docs/big.md': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
} as const;

const state: { directory: string; repository: TestRepository | null; base: Revision | null } = {
  directory: '',
  repository: null,
  base: null,
};

before(async () => {
  state.directory = await mkdtemp(join(tmpdir(), 'self-coding-inspect-'));
  state.repository = await makeRepository({ files });
  const request = { stateDir: state.directory, repo: state.repository.path, revision: 'main' };
  const base = await fetchRevision(request, new AbortController().signal);
  assert.equal(base.kind, 'revision');
  if (base.kind === 'revision') state.base = base;
});

after(async () => {
  await state.repository?.[Symbol.asyncDispose]();
  await rm(state.directory, { recursive: true, force: true });
});

async function verdict(diff: string | Uint8Array, over: Partial<Rules> = {}): Promise<string> {
  assert.ok(state.base);
  const result = await inspect(state.base.commit, typeof diff === 'string' ? Buffer.from(diff) : diff, state.base.git, {
    ...rules,
    ...over,
  });
  if (result.kind === 'refused') return label(result);
  const flags = result.flags.map(({ flag, path }) => `${flag} ${path}`);
  return [...result.files.map(({ status, path }) => `${status} ${path}`), ...flags].join(', ');
}

const edit = (path: string) => `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-b\n+B\n`;
const add = (path: string, mode = '100644', line = 'x') =>
  `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`;

const cases: readonly [string, string | Uint8Array, string][] = [
  ['a change of an allowed file is accepted', edit('src/b.py'), 'M src/b.py'],
  ['a new file is accepted', add('src/c.py'), 'A src/c.py'],
  [
    'a deletion is accepted',
    'diff --git a/src/b.py b/src/b.py\ndeleted file mode 100644\n--- a/src/b.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n',
    'D src/b.py',
  ],
  ['an empty diff', '', 'diff_empty'],
  ['a line that is written as it was', edit('src/b.py').replace('+B', '+b'), 'diff_empty'],
  ['white space only', ' \n\n', 'diff_empty'],
  ['no diff at all', 'hello\n', 'diff_invalid'],
  ['a truncated hunk', '--- a/src/b.py\n+++ b/src/b.py\n@@ -1,3 +1,3 @@\n-b\n', 'diff_invalid'],
  ['bytes that are no UTF-8', Buffer.from([0x2d, 0xff, 0xfe, 0x0a]), 'diff_invalid'],
  ['a NUL byte', edit('src/b.py').replace('+B', '+\0B'), 'diff_invalid'],
  ['more than a mebibyte', `${edit('src/b.py')}${' x\n'.repeat(400_000)}`, 'diff_too_large'],
  ['a line of 5 MB is too large before anything else', '+'.repeat(5_000_000), 'diff_too_large'],
  ['a long line', edit('src/b.py').replace('+B', `+${'B'.repeat(10_001)}`), 'diff_too_large'],
  ['context that is not there', edit('src/a.py'), 'diff_not_applicable'],
  ['a path outside', '--- a/../evil.py\n+++ b/../evil.py\n@@ -0,0 +1 @@\n+x\n', 'diff_path_invalid:../evil.py'],
  ['a workflow', add('.github/workflows/x.yml'), 'diff_path_protected:.github/workflows/x.yml'],
  [
    'a header that names one file and a body that changes another',
    'diff --git a/src/b.py b/src/b.py\n--- a/src/b.py\n+++ b/.github/workflows/ci.yml\n@@ -1 +1 @@\n-b\n+x\n',
    'diff_path_protected:.github/workflows/ci.yml',
  ],
  ['a secret place', add('_secure/a.py'), 'diff_path_protected:_secure/a.py'],
  ['an environment file', add('.env'), 'diff_path_protected:.env'],
  ['a suffix that is not on the list', add('src/a.js'), 'diff_suffix_not_allowed:src/a.js'],
  [
    'a rename of an allowed file to a forbidden suffix',
    'diff --git a/src/b.py b/src/b.sh\nsimilarity index 100%\nrename from src/b.py\nrename to src/b.sh\n',
    'diff_suffix_not_allowed:src/b.sh',
  ],
  ['an executable', add('src/x.py', '100755'), 'diff_mode_forbidden:src/x.py'],
  [
    'the deletion of an executable is no new mode',
    'diff --git a/run.py b/run.py\ndeleted file mode 100755\n--- a/run.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-print(1)\n',
    'D run.py',
  ],
  [
    'a pointer of Git LFS',
    '--- a/docs/big.md\n+++ b/docs/big.md\n@@ -1,2 +1,2 @@\n version https://git-lfs.github.com/spec/v1\n-oid sha256:0\n+oid sha256:1\n',
    'diff_binary:docs/big.md',
  ],
  [
    'a deleted test',
    'diff --git a/tests/test_a.py b/tests/test_a.py\ndeleted file mode 100644\n--- a/tests/test_a.py\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-def test_a():\n-    assert 1 + 1 == 2\n',
    'tests_weakened',
  ],
  ['an invisible character', edit('src/b.py').replace('+B', '+B\u200b'), 'diff_unicode:src/b.py:1'],
  [
    'a secret',
    edit('src/b.py').replace('+B', `+ghp_${'aB3dE5gH7jK9mN1pQ2sT4vW6xY8zaB3dE5gH'.slice(0, 36)}`),
    'diff_secret:src/b.py:1',
  ],
  ['a manifest', add('package-lock.json'), 'diff_path_protected:package-lock.json'],
  [
    'a name that differs in Unicode normalisation only',
    add('src/e\u0301.py') + add('src/\u00e9.py'),
    'diff_path_collision:src/\u00e9.py',
  ],
  ['a directory that differs in letter case only', add('Src/deep/er/x.py'), 'diff_path_collision:Src/deep/er/x.py'],
  ['a set-uid file', add('src/x.py', '104755'), 'diff_mode_forbidden:src/x.py'],
  ['a pipe', add('src/x.py', '010644'), 'diff_mode_forbidden'],
  ['a symbolic link', add('src/x.py', '120000', '/etc/passwd'), 'diff_mode_forbidden:src/x.py'],
  ['a gitlink', add('src/x.py', '160000', `Subproject commit ${'1'.repeat(40)}`), 'diff_mode_forbidden:src/x.py'],
  [
    'a change of a link that exists',
    'diff --git a/link b/link\n--- a/link\n+++ b/link\n@@ -1 +1 @@\n-src/a.py\n\\ No newline at end of file\n+/etc/passwd\n\\ No newline at end of file\n',
    'diff_mode_forbidden:link',
  ],
  [
    'an executable that stays one',
    'diff --git a/run.py b/run.py\n--- a/run.py\n+++ b/run.py\n@@ -1 +1 @@\n-print(1)\n+print(2)\n',
    'M run.py',
  ],
  ['a name that differs in letter case only', add('SRC/a.py'), 'diff_path_collision:SRC/a.py'],
  [
    'a binary patch',
    'diff --git a/x.py b/x.py\nnew file mode 100644\nindex 0000000..1111111\nGIT binary patch\nliteral 1\nIcmZPo00IC2\n\n',
    'diff_binary',
  ],
  ['more than a hundred files', Array.from({ length: 101 }, (_, n) => add(`src/n${n}.py`)).join(''), 'diff_too_large'],
];

for (const [title, diff, expected] of cases) {
  test(`${title}: ${expected}`, async () => assert.equal(await verdict(diff), expected));
}

test('an approval opens the guarded files and executables that it lists, and nothing else', async () => {
  const manifest = '--- a/package.json\n+++ b/package.json\n@@ -1 +1 @@\n-{}\n+{"private": true}\n';
  const approved = { scope: [], paths: ['package.json', 'src/x.py', '.github/workflows/ci.yml', '.env', 'link'] };
  assert.equal(await verdict(manifest, { approved }), 'M package.json, guarded package.json');
  assert.equal(await verdict(add('src/x.py', '100755'), { approved }), 'A src/x.py');
  assert.equal(await verdict(add('src/y.py', '100755'), { approved }), 'diff_mode_forbidden:src/y.py');
  assert.equal(await verdict(add('yarn.lock'), { approved }), 'diff_path_protected:yarn.lock');
  for (const path of ['.github/workflows/ci.yml', '.env']) {
    assert.equal(await verdict(add(path), { approved }), `diff_path_protected:${path}`);
  }
  const weaker =
    '--- a/tests/test_a.py\n+++ b/tests/test_a.py\n@@ -1,2 +1,2 @@\n def test_a():\n-    assert 1 + 1 == 2\n+    pass\n';
  assert.equal(await verdict(weaker), 'tests_weakened');
  const listed = { scope: [], paths: ['tests/test_a.py'] };
  assert.equal(await verdict(weaker, { approved: listed }), 'M tests/test_a.py, tests-changed tests/test_a.py');
});

test('a scope bounds a change, both sides of a rename among it; listed paths are in it', async () => {
  const approved = { scope: ['src/', '!src/secret/'], paths: ['README.md'] };
  assert.equal(await verdict(edit('src/b.py'), { approved }), 'M src/b.py');
  assert.equal(await verdict(add('docs/x.md'), { approved }), 'diff_path_out_of_scope:docs/x.md');
  assert.equal(await verdict(add('src/secret/x.md'), { approved }), 'diff_path_out_of_scope:src/secret/x.md');
  assert.equal(await verdict(add('SRC2/x.md'), { approved }), 'diff_path_out_of_scope:SRC2/x.md');
  const readme = '--- a/README.md\n+++ b/README.md\n@@ -1 +1 @@\n-read me\n+Read me\n';
  assert.equal(await verdict(readme, { approved }), 'M README.md');
  const rename = 'diff --git a/src/b.py b/lib/b.py\nsimilarity index 100%\nrename from src/b.py\nrename to lib/b.py\n';
  assert.equal(await verdict(rename, { approved }), 'diff_path_out_of_scope:lib/b.py');
});

test('a file that would be too large is refused by its size in the tree', async () => {
  const limits = { ...rules.policy.limits, fileBytes: 10 };
  const policy = { ...rules.policy, limits };
  assert.equal(await verdict(edit('src/b.py'), { policy }), 'M src/b.py');
  assert.equal(await verdict(add('src/c.py', '100644', 'x'.repeat(20)), { policy }), 'diff_too_large:src/c.py');
});
