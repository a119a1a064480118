import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const text =
  'import os\nimport sys\n\n\ndef load_users(path):\n    with open(path) as file:\n        return file.read()\n';
const files = { 'a.py': text };
const names = '--- a/a.py\n+++ b/a.py\n@@\n';
const want = { 'a.py': text.replace('.read()', '.read().strip()') };
const change = '-        return file.read()\n+        return file.read().strip()\n';

test('one context line may be misremembered; the base keeps its own', async () => {
  const { repairs } = await git.becomes(
    files,
    `${names} def load_user(path):\n     with open(path) as file:\n${change}`,
    want,
  );
  assert.match(repairs.join(), /one context line was not as in the base/);
});

test('two are too many', async () => {
  const answer = `${names} def load_user(path):\n     with open(path) as handle:\n${change}`;
  const reason = await git.refuses(files, answer, 'diff_not_applicable');
  assert.match(reason, / def load_user\(path\):/);
  assert.match(reason, /5: def load_users\(path\):/);
});

test('a line that is another line is not a misremembered one', async () => {
  await git.refuses(
    files,
    `${names} class Reader(Base):\n     with open(path) as file:\n${change}`,
    'diff_not_applicable',
  );
});

test('a removed line is never guessed', async () => {
  const answer = `${names} def load_users(path):\n     with open(path) as file:\n-        return file.reads()\n+        return 1\n`;
  await git.refuses(files, answer, 'diff_not_applicable');
});

test('too few telling lines pin no place', async () => {
  await git.refuses({ 'a.c': 'int a;\n}\n}\n' }, '--- a/a.c\n+++ b/a.c\n@@\n int b;\n }\n-}\n', 'diff_not_applicable');
});

test('with two places alike a misremembered line is ambiguous', async () => {
  const two = 'x = first(1)\nkeep this line\nold value\n\nx = first(2)\nkeep this line\nold value\n';
  const answer = '--- a/x\n+++ b/x\n@@\n x = first(3)\n keep this line\n-old value\n+new value\n';
  await git.refuses({ x: two }, answer, 'diff_ambiguous');
});
