/** The hostile diffs that git itself refuses or lets through; what policy says of the rest is tested beside it. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applied, code, create, edit } from './given-diff.ts';

for (const path of ['../evil', 'src/../../evil', './a', 'a/./b']) {
  test(`D-13 the path ${path} is diff_path_invalid`, async () => {
    const result = await applied(create(path));
    assert.ok('code' in result);
    assert.equal(result.code, 'diff_path_invalid');
    assert.equal(result.detail, path);
  });
}

test('D-13 an empty name or a trailing slash in a path is refused', async () => {
  assert.equal(await code(create('a//b')), 'diff_invalid');
  assert.equal(await code(create('a/')), 'diff_path_invalid');
});

test('D-15 an absolute path loses its slash: nothing outside of the tree can be named', async () => {
  await using outside = await mkdtempDisposable(join(tmpdir(), 'self-coding-outside-'));
  const target = join(outside.path, 'x');
  const result = await applied(`--- /dev/null\n+++ ${target}\n@@ -0,0 +1 @@\n+x\n`);
  assert.deepEqual(result, [`A ${target.slice(1)} 100644`]);
  assert.ok(!existsSync(target));
});

const gitPaths = [
  '.git/config',
  '.git/hooks/post-checkout',
  '.GIT/config',
  'GIT~1/config',
  '.git /x',
  '.git\\x',
  'vendor/.git',
];
for (const path of [...gitPaths, '.git./x', '.g\u200cit/config']) {
  test(`D-16 the path ${JSON.stringify(path)} is diff_path_invalid`, async () => {
    assert.equal(await code(create(path)), 'diff_path_invalid');
  });
}

test('D-19 a diff that writes through a link, of the base or of its own, is diff_not_applicable', async () => {
  assert.equal(await code(create('dir/link/x')), 'diff_not_applicable');
  const link =
    'diff --git a/k b/k\nnew file mode 120000\n--- /dev/null\n+++ b/k\n@@ -0,0 +1 @@\n+/tmp\n\\ No newline at end of file\n';
  assert.equal(await code(link + create('k/x')), 'diff_not_applicable');
});

test('D-21 the tree shows the workflow that a misleading header hides', async () => {
  const diff = edit('src/a.js')
    .replace('+++ b/src/a.js', '+++ b/.github/workflows/ci.yml')
    .replace(/^/, 'diff --git a/src/a.js b/src/a.js\n');
  assert.deepEqual(await applied(diff), ['A .github/workflows/ci.yml 100644', 'D src/a.js 000000']);
});

test('D-41 modes arrive in the tree as git normalises them, links and gitlinks among them', async () => {
  assert.deepEqual(await applied(create('f', '100755')), ['A f 100755']);
  assert.deepEqual(await applied(create('f', '104755')), ['A f 100755']);
  assert.deepEqual(await applied(create('f', '010644')), ['A f 100644']);
  assert.deepEqual(await applied(create('f', '120000')), ['A f 120000']);
  assert.deepEqual(await applied(create('f', '160000', `Subproject commit ${'1'.repeat(40)}`)), ['A f 160000']);
  assert.deepEqual(await applied(create('f', '040000')), []);
});

test('D-44 the same file twice is diff_ambiguous and named', async () => {
  const result = await applied(edit('src/a.js') + edit('src/a.js', 'TWO', 'ZWEI'));
  assert.ok('code' in result);
  assert.equal(result.code, 'diff_ambiguous');
  assert.equal(result.detail, 'src/a.js');
  assert.equal(await code(create('n') + create('n', '100644', 'y')), 'diff_ambiguous');
});

test('a file that becomes a link is one change of type, though git writes it as two', async () => {
  const remove = '--- a/src/a.js\n+++ /dev/null\n@@ -1,3 +0,0 @@\n-one\n-two\n-three\n';
  assert.deepEqual(
    await applied(
      `diff --git a/src/a.js b/src/a.js\ndeleted file mode 100644\n${remove}${create('src/a.js', '120000')}`,
    ),
    ['T src/a.js 120000'],
  );
});

test('D-45 a binary change that does not apply is diff_binary, a corrupt one diff_invalid', async () => {
  const differ = 'diff --git a/b.bin b/b.bin\nindex 1234567..89abcde 100644\nBinary files a/b.bin and b/b.bin differ\n';
  assert.equal(await code(differ), 'diff_binary');
  const corrupt =
    'diff --git a/b b/b\nnew file mode 100644\nindex 0000000..89abcde\nGIT binary patch\nliteral 3\nKc${NkzzzzzU\n\n';
  assert.equal(await code(corrupt), 'diff_invalid');
});

test('D-49 a file below a file, or in the place of a directory, is diff_not_applicable', async () => {
  assert.equal(await code(create('src/a.js/x')), 'diff_not_applicable');
  assert.equal(await code(create('src')), 'diff_not_applicable');
});

test('a path that is no UTF-8 shows up with a backslash, which policy refuses', async () => {
  const diff =
    'diff --git a/src/a.js "b/src/\\377x"\nsimilarity index 100%\nrename from src/a.js\nrename to "src/\\377x"\n';
  assert.deepEqual(await applied(diff), ['D src/a.js 000000', 'A src/\\xffx 100644']);
});
