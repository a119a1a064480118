import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const id = (text: string): string =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex')
    .slice(0, 10);
const text = 'a\nsame\nb\nsame\nc\n';
const meant = 'a\nsame\nb\nother\nc\n';
const diff = (before: string, after_: string, hunk: string): string =>
  `diff --git a/x b/x\nindex ${id(before)}..${id(after_)} 100644\n--- a/x\n+++ b/x\n${hunk}`;
const newFile = (body: string, content: string): string =>
  `diff --git a/n b/n\nnew file mode 100644\nindex 0000000..${id(content)}\n--- /dev/null\n+++ b/n\n@@ -0,0 +1,2 @@\n${body}`;
const vague = '@@\n-same\n+other\n';

test('the checksum of a diff that git made decides between places', async () => {
  await git.becomes({ x: text }, diff(text, meant, vague), { x: meant });
  await git.becomes({ x: text }, diff(text, 'a\nsame\nb\nsame\nnew\nc\n', '@@ -9,0 +10 @@\n+new\n'), {
    x: 'a\nsame\nb\nsame\nnew\nc\n',
  });
});

test('a checksum that no reading has refuses a diff that had to be mended', async () => {
  const hunk = '@@ -9 +9 @@\n-b\n+B\n';
  const reason = await git.refuses({ x: text }, diff(text, meant, hunk), 'diff_ambiguous');
  assert.match(reason, /"index" line/);
});

test('a well-formed diff with a stale checksum is taken, as git takes it', async () => {
  await git.becomes({ x: text }, diff(text, meant, '@@ -3 +3 @@\n-b\n+B\n').replace('-3 +3', '-3,1 +3,1'), {
    x: text.replace('b', 'B'),
  });
});

test('a stale checksum does not save added lines that are indented as no line of the file is', async () => {
  const go = 'func a() {\n\tb()\n}\n';
  const hunk = '@@ -3,1 +3,4 @@\n }\n+func c() {\n+    d()\n+}\n';
  await git.refuses({ x: go }, diff(go, 'something else\n', hunk), 'diff_ambiguous');
  await git.becomes({ x: go }, diff('made up', 'something else\n', hunk), {
    x: `${go}func c() {\n    d()\n}\n`,
  });
});

test('a stale checksum does not save a hunk that changes nothing: its white space may have been the change', async () => {
  const hunks = '@@ -1,1 +1,1 @@\n-a\n+A\n@@ -3,1 +3,1 @@\n-b\n+b\n';
  await git.refuses({ x: text }, diff(text, text.replace('a', 'A').replace('b', 'b '), hunks), 'diff_ambiguous');
  await git.becomes({ x: text }, diff('made up', meant, hunks), { x: text.replace('a', 'A') });
});

test('white space of added lines that was converted without a trace in old lines is put right by the checksum', async () => {
  const go = 'func a() {\n\tb()\n}\n';
  const more = `${go}func c() {\n\td()\n}\n`;
  await git.becomes({ x: go }, diff(go, more, '@@ -3,1 +3,4 @@\n }\n+func c() {\n+    d()\n+}\n'), { x: more });
  const python = 'def a():\n    b()\n';
  const longer = `${python}def c():\n    d()\n`;
  await git.becomes({ x: python }, diff(python, longer, '@@ -2,1 +2,3 @@\n     b()\n+def c():\n+\td()\n'), {
    x: longer,
  });
});

test('a well-formed diff whose number is wrong and fits by accident goes where the checksum says', async () => {
  await git.becomes({ x: text }, diff(text, meant, '@@ -2,1 +2,1 @@\n-same\n+other\n'), { x: meant });
});

test('a new file beside real checksums gets the content that its own checksum names', async () => {
  const real = diff(text, meant, '@@ -4,1 +4,1 @@\n-same\n+other\n');
  const [python, tabs] = ['def f():\n    g()\n', '+def f():\n+\tg()\n'];
  await git.becomes({ x: text }, real + newFile(tabs, python), { x: meant, n: python });
  await git.becomes({ x: text }, real + newFile('+a\n+b\n', 'a\nb'), { x: meant, n: 'a\nb' });
  // Edited by hand: text that git takes as it is.
  await git.becomes({ x: text }, real + newFile('+a\n+c\n', 'a\nb\n'), { x: meant, n: 'a\nc\n' });
  await git.refuses(
    { x: text },
    real.replace('-4,1 +4,1', '-9,1 +9,1') + newFile('+a\n+c\n', 'a\nb\n'),
    'diff_ambiguous',
  );
});

test('a checksum whose first half is not the base says nothing', async () => {
  await git.becomes({ x: text }, diff('made up', meant, '@@ -9 +9 @@\n-b\n+B\n'), { x: text.replace('b', 'B') });
  await git.refuses({ x: text }, diff('made up', meant, vague), 'diff_ambiguous');
});

test('the checksum says whether a file ends with a newline', async () => {
  const open = 'a\nb';
  const hunk = '@@ -1,2 +1,2 @@\n a\n-b\n+c\n';
  await git.becomes({ x: open }, diff(open, 'a\nc\n', hunk), { x: 'a\nc\n' });
  await git.becomes({ x: open }, diff(open, 'a\nc', hunk), { x: 'a\nc' });
});
