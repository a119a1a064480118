/** What a line of a hunk is: context, a change, a number of a listing, dots. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const text = 'alpha\nbeta\n\ngamma\ndelta\nepsilon\nzeta\n\neta\ntheta\n';
const files = { 'lib/x.txt': text };
const names = '--- a/lib/x.txt\n+++ b/lib/x.txt\n';
const lines = ' alpha\n beta\n \n-gamma\n+GAMMA\n delta\n epsilon\n zeta\n';
const header = '@@ -1,7 +1,7 @@\n';

test('added blank lines may lack their mark', async () => {
  await git.becomes(files, `${names}@@\n beta\n \n-gamma\n+one\n\n+two\n delta\n`, {
    'lib/x.txt': text.replace('gamma', 'one\n\ntwo'),
  });
});

test('a blank line without a mark that the header counts as added is not taken for context', async () => {
  const base = { t: 'a\n\nb\n' };
  await git.refuses(base, '--- a/t\n+++ b/t\n@@ -1 +1,3 @@\n-a\n+A\n\n+B\n', 'diff_ambiguous');
});

test('an unmarked blank line between added ones is refused where it may be either, and the counts do not say', async () => {
  const base = { t: 'x\na\n\nb\ny\na\n' };
  const lines = ' a\n+1\n\n+2\n';
  await git.refuses(base, `--- a/t\n+++ b/t\n@@\n${lines}`, 'diff_ambiguous');
  await git.becomes(base, `--- a/t\n+++ b/t\n@@ -2,2 +2,4 @@\n${lines}`, { t: 'x\na\n1\n\n2\nb\ny\na\n' });
});

test('a blank line alone is no place if it may be an added one', async () => {
  await git.refuses({ t: 'a\nb\n\nc\n' }, '--- a/t\n+++ b/t\n@@ -1,0 +2,3 @@\n+x\n\n+y\n', 'diff_ambiguous');
});

test('added lines that start like line numbers are not taken for such, nor the other way round', async () => {
  await git.becomes(files, `${names}@@\n beta\n \n-gamma\n+4: GAMMA\n delta\n`, {
    'lib/x.txt': text.replace('gamma', '4: GAMMA'),
  });
  const mixed = `${names}@@\n 2: beta\n 3:\n-4: gamma\n+9: GAMMA\n 5: delta\n`;
  await git.refuses(files, mixed, 'diff_not_applicable');
  const alone = `${names}@@\n 2: beta\n 3:\n-4: gamma\n+GAMMA\n 5: delta\n@@ -9,0 +10 @@\n+10: more\n`;
  await git.refuses(files, alone, 'diff_ambiguous');
});

test('added lines alone that are numbered one after the other may be a listing', async () => {
  const anchor = '@@ -1 +1 @@\n-alpha\n+ALPHA\n';
  const alone = (more: string): string => `${names}${anchor}@@ -6,0 +7,2 @@\n+7: ${more}\n+8: more\n`;
  const reason = await git.refuses(files, alone('new'), 'diff_ambiguous');
  assert.match(reason, /Leave line numbers out/);
});

test('context that lost its marks and looks like a change is refused', async () => {
  const list = { 'l.md': 'Title\n+ one\n+ two\nend\n' };
  const answer = '--- a/l.md\n+++ b/l.md\n@@\nTitle\n+ zero\n+ one\n';
  await git.refuses(list, answer, 'diff_ambiguous');
});

test('dots between changed lines may stand for changed ones, so they are not read as context', async () => {
  await git.refuses(files, `${names}@@\n-beta\n ...\n-delta\n+DELTA\n`, 'diff_not_applicable');
});

test('a hunk without a mark that is nowhere in the file refuses the answer', async () => {
  await git.refuses(files, `${names}${header}${lines}@@\n theta was here\n`, 'diff_not_applicable');
});

test('a hunk whose old line ends the file without a newline stands at its end', async () => {
  const twice = { 't.txt': 'a {\n}\n\nb\na {\n}' };
  const answer = '--- a/t.txt\n+++ b/t.txt\n@@\n a {\n-}\n\\ No newline at end of file\n+}\n\n+more\n';
  await git.becomes(twice, answer, { 't.txt': 'a {\n}\n\nb\na {\n}\n\nmore\n' });
});
