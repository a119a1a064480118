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
