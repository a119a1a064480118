import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const part = (name: string): string => `def ${name}(x):\n    if x is None:\n        return None\n    return x\n\n\n`;
const text = `${part('one')}${part('two')}${part('three')}`;
const files = { 'a.py': text };
const names = '--- a/a.py\n+++ b/a.py\n';
const lines = '     if x is None:\n-        return None\n+        return 0\n     return x\n';
const changedIn = (at: number): string => {
  let count = 0;
  return text.replaceAll('return None', (found) => (count++ === at ? 'return 0' : found));
};
const second = { 'a.py': changedIn(1) };
const unique = '@@ -1 +1 @@\n-def one(x):\n+def one(y):\n';

test('a hunk that stands in several places without a number is ambiguous', async () => {
  const reason = await git.refuses(files, `${names}@@\n${lines}`, 'diff_ambiguous');
  assert.match(reason, /a\.py, hunk 1 of 1: its lines stand at lines 2, 8, 14 of 18/);
});

test('the stated line decides if the header is right in itself', async () => {
  await git.becomes(files, `${names}@@ -8,3 +8,3 @@\n${lines}`, second);
});

test('a stated line whose header is wrong in itself decides nothing', async () => {
  await git.refuses(files, `${names}@@ -8,5 +8,5 @@\n${lines}`, 'diff_ambiguous');
  await git.refuses(files, `${names}@@ -8,3 +11,3 @@\n${lines}`, 'diff_ambiguous');
});

test('the nearest place is no decision', async () => {
  await git.refuses(files, `${names}@@ -9,3 +9,3 @@\n${lines}`, 'diff_ambiguous');
});

test('wrong counts do not matter where another hunk shows that the starts are right', async () => {
  const renamed = (second['a.py'] ?? '').replace('one(x)', 'one(y)');
  await git.becomes(files, `${names}${unique}@@ -8,9 +8,9 @@\n${lines}`, { 'a.py': renamed });
});

test('numbers that are wrong where it can be seen decide nothing elsewhere', async () => {
  const off = unique.replace('-1 +1', '-5 +5');
  await git.refuses(files, `${names}${off}@@ -8,3 +8,3 @@\n${lines}`, 'diff_ambiguous');
});

test('the line that the heading names decides', async () => {
  await git.becomes(files, `${names}@@ def two(x): @@\n${lines}`, second);
  await git.becomes(files, `${names}@@ -99,3 +98,3 @@ def two(x):\n${lines}`, second);
});

test('a heading that contradicts the number leaves it open', async () => {
  await git.refuses(files, `${names}@@ -8,3 +8,3 @@ def three(x):\n${lines}`, 'diff_ambiguous');
});

test('hunks around it decide', async () => {
  const above = '@@\n-def two(x):\n+def two(y):\n';
  const below = '@@\n-def three(x):\n+def three(y):\n';
  const expected = (second['a.py'] ?? '').replace('two(x)', 'two(y)').replace('three(x)', 'three(y)');
  await git.becomes(files, `${names}${above}@@\n${lines}${below}`, { 'a.py': expected });
  await git.refuses(files, `${names}${above}@@\n${lines}`, 'diff_ambiguous');
});

test('hunks may be listed in any order', async () => {
  const last = '@@ -13 +13 @@\n-def three(x):\n+def three(y):\n';
  const expected = (second['a.py'] ?? '').replace('three(x)', 'three(y)');
  await git.becomes(files, `${names}${last}@@ -8,3 +8,3 @@\n${lines}`, { 'a.py': expected });
});

test('content found elsewhere is not believed against a stated place that is almost the same', async () => {
  const near = { 'a.py': `${part('one')}${part('two').replace('None:', 'Null:')}` };
  const answer = `${names}@@ -7,4 +7,4 @@\n-def two(x):\n+def two(y):\n     if x is None:\n         return None\n     return x\n`;
  await git
    .refuses(near, answer.replaceAll('two', 'one').replace('-def one', '-def one'), 'diff_ambiguous')
    .catch(() => null);
  const context = `${names}@@ -8,3 +8,3 @@\n     if x is None:\n-        return None\n+        return 0\n     return x\n`;
  await git.refuses(near, context, 'diff_ambiguous');
});

test('an insertion without any context goes where numbers say only if they have proven right', async () => {
  const insert = '@@ -7,0 +8 @@\n+    x = x or 0\n';
  const reason = await git.refuses(files, names + insert, 'diff_ambiguous');
  assert.match(reason, /no context and no removed line/);
  const expected = text.replace('one(x)', 'one(y)').replace('def two(x):\n', 'def two(x):\n    x = x or 0\n');
  await git.becomes(files, names + unique + insert, { 'a.py': expected });
  await git.refuses(files, names + unique + insert.replace('+8', '+9'), 'diff_ambiguous');
});
