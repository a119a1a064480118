import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { mend } from '../../orchestrator/mend/mend.ts';
import { openMending, readerOf } from '../support/mending.ts';

const git = await openMending({ 'run.sh': '100755', link: '120000' });
after(() => git[Symbol.asyncDispose]());

const python = 'import os\n\n\ndef one():\n    return 1\n\n\ndef two():\n    return 2\n';
const files = { 'src/a.py': python, 'run.sh': '#!/bin/sh\necho a\necho b\n', 'empty.txt': '' };
const head = '--- a/src/a.py\n+++ b/src/a.py\n';
const hunk = '@@ -7,3 +7,3 @@\n \n def two():\n-    return 2\n+    return 22\n';
const changed = { 'src/a.py': python.replace('return 2', 'return 22') };

test('a well-formed diff changes exactly what it says, and nothing was mended', async () => {
  const { repairs } = await git.becomes(files, `diff --git a/src/a.py b/src/a.py\n${head}${hunk}`, changed);
  assert.deepEqual(repairs, []);
});

test('what was mended is told, one line each', async () => {
  const { repairs } = await git.becomes(files, `${head}${hunk.replace('-7,3 +7,3', '-99,3 +99,3')}`, changed);
  assert.deepEqual(repairs, ['src/a.py, hunk 1: stated at line 99, found at line 7']);
});

for (const [name, answer] of [
  ['prose', 'I can not do that.'],
  ['HTML', '<html><body>502</body></html>'],
  ['nothing', ''],
  ['a list and a code sample', '- first\n- second\n\n```python\nprint(1)\n```\n'],
] as const) {
  test(`${name} is model_output_invalid`, async () => {
    await git.refuses(files, answer, 'model_output_invalid');
  });
}

test('a diff that changes nothing is diff_empty', async () => {
  await git.refuses(files, `${head}@@ -4 +4 @@\n-def one():\n+def one():\n`, 'diff_empty');
});

test('a binary patch is diff_binary', async () => {
  const binary =
    'diff --git a/x.png b/x.png\nnew file mode 100644\nindex 0000000..1234567\nGIT binary patch\nliteral 3\nKcmZ\n';
  await git.refuses(files, binary, 'diff_binary');
  const differ = 'diff --git a/x.png b/x.png\nindex 1234567..1234568 100644\nBinary files a/x.png and b/x.png differ\n';
  await git.refuses(files, differ, 'diff_binary');
});

test('a part of a diff is never applied: one hunk without a place refuses all', async () => {
  const other = '@@\n def one():\n-    return 7\n+    return 8\n';
  await git.refuses(files, head + hunk + other, 'diff_not_applicable');
});

test('a file in two sections is one file; two sections that change the same lines are ambiguous', async () => {
  const first = `${head}@@\n-import os\n+import sys\n`;
  await git.becomes(files, first + head + hunk, {
    'src/a.py': (changed['src/a.py'] ?? '').replace('import os', 'import sys'),
  });
  await git.refuses(files, head + hunk + head + hunk.replace('+    return 22', '+    return 23'), 'diff_ambiguous');
});

test('the same new file twice is ambiguous', async () => {
  const added = '--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x = 1\n';
  await git.becomes(files, added, { 'new.py': 'x = 1\n' });
  await git.refuses(files, added + added, 'diff_ambiguous');
});

test('a new file where there is one is refused', async () => {
  await git.refuses(files, '--- /dev/null\n+++ b/src/a.py\n@@ -0,0 +1 @@\n+x = 1\n', 'diff_not_applicable');
});

test('an empty file can be made, filled and deleted', async () => {
  await git.becomes(files, 'diff --git a/e.txt b/e.txt\nnew file mode 100644\n', { 'e.txt': '' });
  await git.becomes(files, '--- a/empty.txt\n+++ b/empty.txt\n@@ -0,0 +1 @@\n+x\n', { 'empty.txt': 'x\n' });
  await git.becomes(files, 'diff --git a/empty.txt b/empty.txt\ndeleted file mode 100644\n', { 'empty.txt': null });
});

test('a deletion needs its header or all of its lines', async () => {
  const gone = 'diff --git a/run.sh b/run.sh\ndeleted file mode 100644\n--- a/run.sh\n+++ /dev/null\n';
  await git.becomes(files, gone, { 'run.sh': null });
  const lines = '--- a/run.sh\n+++ /dev/null\n@@ -1,9 +0,0 @@\n-#!/bin/sh\n-echo a\n-echo b\n';
  await git.becomes(files, lines, { 'run.sh': null });
  await git.refuses(files, lines.replace('-echo b\n', ''), 'diff_not_applicable');
  await git.refuses(files, '--- a/run.sh\n+++ /dev/null\n', 'diff_invalid');
});

test('modes are kept, so that policy sees them', async () => {
  const exec = 'diff --git a/x.sh b/x.sh\nnew file mode 100755\n--- /dev/null\n+++ b/x.sh\n@@ -0,0 +1 @@\n+echo\n';
  assert.equal((await git.becomes(files, exec, { 'x.sh': 'echo\n' })).modes['x.sh'], '100755');
  const link = exec.replace('100755', '120000').replaceAll('x.sh', 'l');
  assert.equal((await git.becomes(files, link, { l: 'echo\n' })).modes['l'], '120000');
  const mode = 'diff --git a/src/a.py b/src/a.py\nold mode 100644\nnew mode 100755\n';
  assert.equal((await git.becomes(files, mode, { 'src/a.py': python })).modes['src/a.py'], '100755');
});

test('a rename keeps mode and content, and may change lines on the way', async () => {
  const moved = 'diff --git a/run.sh b/go.sh\nsimilarity index 90%\nrename from run.sh\nrename to go.sh\n';
  const { modes } = await git.becomes(files, moved, { 'run.sh': null, 'go.sh': '#!/bin/sh\necho a\necho b\n' });
  assert.equal(modes['go.sh'], '100755');
  const edited = `${moved}--- a/run.sh\n+++ b/go.sh\n@@\n-echo b\n+echo c\n`;
  await git.becomes(files, edited, { 'run.sh': null, 'go.sh': '#!/bin/sh\necho a\necho c\n' });
});

test('where header lines disagree the result is what git makes of them', async () => {
  const lie = `diff --git a/src/a.py b/src/a.py\n--- a/src/a.py\n+++ b/.github/workflows/ci.yml\n${hunk}`;
  await git.becomes(files, lie, { 'src/a.py': null, '.github/workflows/ci.yml': changed['src/a.py'] ?? '' });
});

test('a file that is no regular text can not be changed', async () => {
  const answer = '--- a/link\n+++ b/link\n@@ -1 +1 @@\n-x\n+y\n';
  const base = readerOf(files);
  const paths = async () => [...Object.keys(files), 'link'];
  const refused = await mend(answer, { read: (path) => base.read(path), paths });
  assert.equal(refused.kind === 'refused' ? refused.code : '', 'diff_not_applicable');
});

test('names with blanks, quotes, control characters and letters beyond ASCII come through', async () => {
  const odd = 'dir x/naïve "q"\t.py';
  const text = 'a\nb\n';
  const quoted = '"a/dir x/na\\303\\257ve \\"q\\"\\t.py"';
  const answer = `--- ${quoted}\n+++ ${quoted.replace('a/', 'b/')}\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n`;
  await git.becomes({ [odd]: text }, answer, { [odd]: 'a\nc\n' });
  const spaced = '--- a/my file.txt\t\n+++ b/my file.txt\t\n@@ -1 +1 @@\n-a\n+c\n b\n';
  await git.becomes({ 'my file.txt': text }, spaced, { 'my file.txt': 'c\nb\n' });
  await git.refuses(files, '--- /dev/null\n+++ "b/x\\000y"\n@@ -0,0 +1 @@\n+x\n', 'diff_invalid');
});

test('a path that leaves the repository is left for git and policy to refuse', async () => {
  const result = await mend('--- /dev/null\n+++ b/../evil\n@@ -0,0 +1 @@\n+x\n', readerOf(files));
  assert.ok(result.kind === 'mended' && Buffer.from(result.diff).includes('+++ b/../evil'));
});
