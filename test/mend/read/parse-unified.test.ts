import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const text = 'alpha\nbeta\n\ngamma\ndelta\nepsilon\nzeta\n\neta\ntheta\n';
const files = { 'lib/x.txt': text, 'y.md': '# Title\n\n```sh\nls\n```\n\n- item\n' };
const want = { 'lib/x.txt': text.replace('gamma', 'GAMMA') };
const names = '--- a/lib/x.txt\n+++ b/lib/x.txt\n';
const lines = ' alpha\n beta\n \n-gamma\n+GAMMA\n delta\n epsilon\n zeta\n';
const header = '@@ -1,7 +1,7 @@\n';

for (const [name, answer] of [
  ['with wrong numbers', `${names}@@ -40,7 +44,7 @@\n${lines}`],
  ['with wrong counts', `${names}@@ -1,3 +1,9 @@\n${lines}`],
  ['with counts left out', `${names}@@ -1 +1 @@\n${lines}`],
  ['with a bare @@', `${names}@@\n${lines}`],
  ['with "@@ ... @@"', `${names}@@ ... @@\n${lines}`],
  ['with no @@ at all', `${names}${lines}`],
  ['with unmarked blank lines', `${names}${header}${lines.replace(' \n', '\n')}`],
  ['with unmarked context', `${names}${header}${lines.replaceAll(/^ /gm, '')}`],
  ['with git lines', `diff --git a/lib/x.txt b/lib/x.txt\nindex 1..2 100644\n${names}${header}${lines}`],
  ['with names that have no prefix', `${names.replaceAll(/ [ab]\//g, ' ')}${header}${lines}`],
  ['with ./ before its names', `${names.replaceAll(/ [ab]\//g, ' ./')}${header}${lines}`],
  ['with a/./ before its names', `${names.replaceAll(/( [ab]\/)/g, '$1./')}${header}${lines}`],
  ['with two folders too many', `${names.replaceAll(/ [ab]\//g, ' /testbed/repo/')}${header}${lines}`],
  ['with only the new name', `${names.split('\n')[1]}\n${header}${lines}`],
  ['with times behind its names', `${names.replaceAll('\n', '\t2024-01-01 00:00:00.000 +0000\n')}${header}${lines}`],
  ['with Windows line ends', `${names}${header}${lines}`.replaceAll('\n', '\r\n')],
  ['without a final newline', `${names}${header}${lines}`.trimEnd()],
  ['with a byte order mark', `\uFEFF${names}${header}${lines}`],
  ['in a fence', `Sure:\n\n\`\`\`diff\n${names}${header}${lines}\`\`\`\n\n- I changed a word.\n`],
  ['in a fence that is never closed', `\`\`\`diff\n${names}${header}${lines}`],
  [
    'in an indented fence of a list',
    `1. Do it:\n\n   \`\`\`diff\n${`${names}${header}${lines}`.replaceAll(/^/gm, '   ')}\`\`\`\n`,
  ],
  ['in a fence that names the file, without names of its own', `lib/x.txt\n\`\`\`diff\n${header}${lines}\`\`\`\n`],
  ['in a fence that names the file, without @@', `**\`lib/x.txt\`**\n\`\`\`diff\n${lines}\`\`\`\n`],
  ['between prose', `Here it is.\n\n${names}${header}${lines}\nNotes:\n\n- I changed a word.\n- No more.\n`],
  ['between prose, with wrong counts', `Here.\n\n${names}@@ -1,2 +1,3 @@\n${lines}\n- I changed a word.\n`],
  [
    'in an email',
    `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nSubject: x\n\n---\n lib/x.txt | 2 +-\n\n${names}@@ -1,8 +1,8 @@\n${lines}-- \n2.39.5\n\n`,
  ],
  ['with doubled slashes in its names', `${names.replaceAll(/( [ab]\/)/g, '$1/')}${header}${lines}`],
  ['with quoted names', `${names.replaceAll(/ ([ab]\/\S+)/g, ' "$1"')}${header}${lines}`],
  ['in two fences', `\`\`\`diff\n\`\`\`diff\n${names}${header}${lines}\`\`\`\n\`\`\`\n`],
  ['with an explanation right behind it', `diff\n${names}${header}${lines}This makes it loud.\n`],
  ['with its first context line behind the @@', `${names}@@ -1,7 +1,7 @@ alpha\n${lines.replace(' alpha\n', '')}`],
  ['with its first changed line behind the @@', `${names}@@ -4,4 +4,4 @@-gamma\n+GAMMA\n delta\n epsilon\n zeta\n`],
  ['with dots in place of context', `${names}${header} alpha\n ...\n-gamma\n+GAMMA\n delta\n`],
  [
    'with the line numbers of a listing',
    `${names}@@\n  1 | alpha\n  2 | beta\n  3 |\n-4 | gamma\n+GAMMA\n  5 | delta\n`.replaceAll(
      /^([ -])(?=[ \d])/gm,
      '$1',
    ),
  ],
  ['with line numbers on its added lines too', `${names}@@\n 3:\n-4: gamma\n+4: GAMMA\n 5: delta\n`],
  [
    "in OpenAI's patch format",
    `*** Begin Patch\n*** Update File: lib/x.txt\n@@ beta\n \n-gamma\n+GAMMA\n*** End Patch\n`,
  ],
] as const) {
  test(`a diff ${name} becomes the change that was meant`, async () => {
    await git.becomes(files, answer, want);
  });
}

test("a file that OpenAI's patch format moves is moved", async () => {
  const moved =
    '*** Begin Patch\n*** Update File: lib/x.txt\n*** Move to: lib/z.txt\n@@\n-gamma\n+GAMMA\n*** End Patch\n';
  await git.becomes(files, moved, { 'lib/x.txt': null, 'lib/z.txt': want['lib/x.txt'] });
});

test('one block for each hunk, the second without names, is one change', async () => {
  const second = '```diff\n@@\n-theta\n+THETA\n```\n';
  const answer = `First:\n\`\`\`diff\n${names}${header}${lines}\`\`\`\nThen:\n${second}`;
  await git.becomes(files, answer, { 'lib/x.txt': (want['lib/x.txt'] ?? '').replace('theta', 'THETA') });
});

test('a fence in a diff of Markdown is a line of the file', async () => {
  const answer = `--- a/y.md\n+++ b/y.md\n@@ -2,5 +2,5 @@\n \n \`\`\`sh\n-ls\n+ls -l\n \`\`\`\n \n`;
  const changed = { 'y.md': files['y.md'].replace('ls', 'ls -l') };
  await git.becomes(files, answer, changed);
  await git.becomes(files, `\`\`\`diff\n${answer}\`\`\`\n`, changed);
});

test('a removed "-- comment" is no file header, with right counts and without', async () => {
  const sql = { 'q.sql': '-- old\nselect 1;\n-- end\n' };
  const body = '--- old\n+-- new\n select 1;\n';
  await git.becomes(sql, `--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1,2 @@\n${body}`, {
    'q.sql': '-- new\nselect 1;\n-- end\n',
  });
  await git.becomes(sql, `--- a/q.sql\n+++ b/q.sql\n@@\n${body}`, { 'q.sql': '-- new\nselect 1;\n-- end\n' });
});

test('a list after a bare diff is no change, but it is one if the base has such lines', async () => {
  await git.becomes(files, `${names}@@\n${lines}\n- gamma is done\n`, want);
  await git.becomes(files, '--- a/y.md\n+++ b/y.md\n@@\n ```\n\n-- item\n+- thing\n', {
    'y.md': files['y.md'].replace('item', 'thing'),
  });
});

test('changed lines that belong to no hunk are refused, not left out', async () => {
  const reason = await git.refuses(files, `${names}${header}${lines}\nAnd also:\n\n-theta\n+THETA\n`, 'diff_invalid');
  assert.match(reason, /-theta/);
});

test('lines that a header does not count, after a blank one, are refused if both readings fit', async () => {
  const torn = `${names}@@ -2 +2 @@\n-beta\n+BETA\n\n+ more\n`;
  await git.refuses(files, torn, 'diff_ambiguous');
});

test('a hunk without a file is diff_invalid', async () => {
  await git.refuses(files, `${header}${lines}`, 'diff_invalid');
});
test('a combined diff is diff_invalid', async () => {
  await git.refuses(
    files,
    'diff --cc lib/x.txt\n--- a/lib/x.txt\n+++ b/lib/x.txt\n@@@ -1,2 -1,2 +1,2 @@@\n',
    'diff_invalid',
  );
});

test('a name that fits two files is decided by content, else refused', async () => {
  const twins = { 'lib/x.txt': 'one\ntwo\n', 'x.txt': 'one\nthree\n' };
  const bare = '--- lib/x.txt\n+++ lib/x.txt\n';
  await git.becomes(twins, `${bare}@@ -1,2 +1,2 @@\n one\n-two\n+2\n`, { 'lib/x.txt': 'one\n2\n' });
  await git.becomes(twins, `${bare}@@ -1,2 +1,2 @@\n one\n-three\n+3\n`, { 'x.txt': 'one\n3\n' });
  await git.refuses(twins, `${bare}@@ -1,2 +1,2 @@\n-one\n+1\n`, 'diff_ambiguous');
});

test('a file that is not there is named, with those that it may be', async () => {
  const reason = await git.refuses(
    files,
    `${names.replaceAll('x.txt', 'xx.txt')}${header}${lines}`,
    'diff_not_applicable',
  );
  assert.match(reason, /lib\/xx\.txt.*Nearest: lib\/x\.txt/);
});
