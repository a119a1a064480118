import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const names = '--- a/x\n+++ b/x\n';

test('added lines get the line ending of the file', async () => {
  const windows = 'a\r\nb\r\nc\r\n';
  await git.becomes({ x: windows }, `${names}@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n`, { x: 'a\r\nB\r\nc\r\n' });
  await git.becomes({ x: 'a\nb\nc\n' }, `${names}@@ -1,3 +1,3 @@\n a\r\n-b\r\n+B\r\n c\r\n`, { x: 'a\nB\nc\n' });
});

test('a file with both line endings keeps each line as it is, and new ones are like the line before', async () => {
  await git.becomes({ x: 'a\r\nb\nc\r\nd\n' }, `${names}@@\n a\n+1\n b\n+2\n c\n`, { x: 'a\r\n1\r\nb\n2\nc\r\nd\n' });
});

test('a diff that changes line endings byte for byte does so', async () => {
  await git.becomes({ x: 'a\r\nb\n' }, `${names}@@ -1,2 +1,2 @@\n-a\r\n+a\n b\n`, { x: 'a\nb\n' });
});

test('a new file of an answer with Windows line ends has none of its own', async () => {
  const answer = '--- /dev/null\n+++ b/n\n@@ -0,0 +1,2 @@\n+a\n+b\n'.replaceAll('\n', '\r\n');
  await git.becomes({ x: 'a\n' }, answer, { n: 'a\nb\n' });
});

test('white space at line ends that the diff lost stays', async () => {
  await git.becomes({ x: 'a  \nb\t\nc\n' }, `${names}@@ -1,3 +1,3 @@\n a\n b\n-c\n+C\n`, { x: 'a  \nb\t\nC\n' });
});

test('white space at a line end that the diff removes is removed', async () => {
  await git.becomes({ x: 'a  \nb\n' }, `${names}@@ -1,2 +1,2 @@\n-a  \n+a\n b\n`, { x: 'a\nb\n' });
  await git.becomes({ x: 'a  \nb\n' }, `${names}@@ -1,2 +1,2 @@\n-a\n+a\n b\n`, { x: 'a\nb\n' });
});

test('a changed line that may have had such white space is refused', async () => {
  await git.refuses(
    { x: 'some long text  \nb\n' },
    `${names}@@\n-some long text\n+some long word\n b\n`,
    'diff_ambiguous',
  );
});

test('an added copy of a line is refused where line ends were lost and that line has one', async () => {
  const spaced = { x: 'one  \ntwo  \nthree\n' };
  await git.refuses(spaced, `${names}@@\n one\n two\n three\n+two\n`, 'diff_ambiguous');
  await git.becomes(spaced, `${names}@@\n one\n two\n three\n+four\n`, { x: 'one  \ntwo  \nthree\nfour\n' });
});

test('a last line that is replaced by itself beside another change is as unclear as alone', async () => {
  const closed = { x: 'a\nb\nc\n' };
  await git.refuses(closed, `${names}@@ -1,3 +1,3 @@\n-a\n+A\n b\n-c\n+c\n`, 'diff_ambiguous');
  await git.becomes(closed, `${names}@@ -1,3 +1,3 @@\n a\n-b\n-c\n+B\n+c\n`, { x: 'a\nB\nc\n' });
});

test('a line whose newline changes was not also cleaned for certain', async () => {
  const answer = `${names}@@ -1,2 +1,2 @@\n a\n-b\n+b\n\\ No newline at end of file\n`;
  await git.refuses({ x: 'a\nb  \n' }, answer, 'diff_ambiguous');
  await git.becomes({ x: 'a\nb\n' }, answer, { x: 'a\nb' });
});

test('bytes that are no UTF-8 stay, in the lines that a model could not read too', async () => {
  const latin = Buffer.from('caf\xe9\nb\nc\n', 'latin1');
  const answer = `${names}@@ -1,3 +1,3 @@\n caf\uFFFD\n-b\n+B\n c\n`;
  await git.becomes({ x: latin }, answer, { x: 'caf\uFFFD\nB\nc\n' });
  const reason = await git.refuses({ x: latin }, `${names}@@\n-caf\uFFFD\n+\uFFFDcafs\n`, 'diff_ambiguous');
  assert.match(reason, /U\+FFFD/);
  const { bytes } = await git.becomes({ x: latin }, `${names}@@\n-caf\uFFFD\n+caf\uFFFDs\n`, {
    x: 'caf\uFFFDs\nb\nc\n',
  });
  assert.ok(bytes.includes(Buffer.from('+caf\xe9s\n', 'latin1')));
});

test('a byte order mark stays first', async () => {
  const marked = '\uFEFFa\nb\n';
  await git.becomes({ x: marked }, `${names}@@ -1,2 +1,2 @@\n-a\n+A\n b\n`, { x: '\uFEFFA\nb\n' });
  await git.becomes({ x: marked }, `${names}@@ -1,2 +1,3 @@\n+0\n a\n b\n`, { x: '\uFEFF0\na\nb\n' });
});

test('a file without a final newline keeps it that way, unless the diff says otherwise', async () => {
  const open = 'a\nb';
  await git.becomes({ x: open }, `${names}@@ -1,2 +1,2 @@\n a\n-b\n+c\n`, { x: 'a\nc' });
  await git.becomes({ x: open }, `${names}@@ -1,2 +1,3 @@\n a\n b\n+c\n`, { x: 'a\nb\nc' });
  await git.becomes({ x: open }, `${names}@@ -1,2 +1,2 @@\n-a\n+A\n b\n`, { x: 'A\nb' });
  await git.becomes({ x: open }, `${names}@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n`, {
    x: 'a\nb\n',
  });
  await git.becomes({ x: open }, `${names}@@ -1,2 +1,2 @@\n a\n-b\n+b\n`, { x: 'a\nb\n' });
});

test('a final newline goes only if the diff says so', async () => {
  const closed = 'a\nb\n';
  const mark = '\\ No newline at end of file\n';
  await git.becomes({ x: closed }, `${names}@@ -1,2 +1,2 @@\n a\n-b\n+c\n${mark}`, { x: 'a\nc' });
  await git.becomes({ x: closed }, `${names}@@ -1,2 +1,2 @@\n a\n-b\n${mark}+c\n${mark}`, { x: 'a\nc\n' });
  await git.refuses({ x: closed }, `${names}@@ -1,2 +1,2 @@\n a\n-b\n+b\n`, 'diff_ambiguous');
});

test('an open last line gets its end when lines follow, the file its own kind of end', async () => {
  await git.becomes({ x: 'a\r\nb' }, `${names}@@\n a\n b\n+c\n`, { x: 'a\r\nb\r\nc' });
});

test('all lines of a file can be removed without deleting it', async () => {
  await git.becomes({ x: 'a\nb\n' }, `${names}@@ -1,2 +0,0 @@\n-a\n-b\n`, { x: '' });
});

test('two hunks that share context are one change, two that add at one point are refused', async () => {
  const shared = `${names}@@\n a\n-b\n+B\n c\n@@\n c\n-d\n+D\n`;
  await git.becomes({ x: 'a\nb\nc\nd\n' }, shared, { x: 'a\nB\nc\nD\n' });
  await git.refuses({ x: 'a\nb\n' }, `${names}@@\n a\n+1\n b\n@@\n a\n+2\n b\n`, 'diff_ambiguous');
});
