import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const text = 'import os\n\n\ndef one():\n    return 1\n\n\ndef two():\n    return 2\n\n\ndef three():\n    return 3\n';
const files = { 'src/a.py': text };
const changed = text.replace('return 2', 'return 22');
const want = { 'src/a.py': changed };

for (const [name, answer] of [
  ['after a line with its path', `src/a.py\n\`\`\`python\n${changed}\`\`\`\n`],
  ['under a heading', `## File: \`src/a.py\`\n\n\`\`\`python\n${changed}\`\`\`\n\nDone.\n`],
  ['with its path in the info string', `\`\`\`python title="src/a.py"\n${changed}\`\`\`\n`],
  ['with its path as first comment', `\`\`\`python\n# src/a.py\n${changed}\`\`\`\n`],
  ['with Windows line ends', `src/a.py\n\`\`\`python\n${changed}\`\`\`\n`.replaceAll('\n', '\r\n')],
  [
    'beside a diff that says the same',
    `--- a/src/a.py\n+++ b/src/a.py\n@@\n-    return 2\n+    return 22\n\nsrc/a.py\n\`\`\`python\n${changed}\`\`\`\n`,
  ],
  [
    'shown in part beside a diff',
    `--- a/src/a.py\n+++ b/src/a.py\n@@\n-    return 2\n+    return 22\n\nsrc/a.py\n\`\`\`python\ndef two():\n    return 22\n\`\`\`\n`,
  ],
] as const) {
  test(`a whole file ${name} is the change that was meant`, async () => {
    await git.becomes(files, answer, want);
  });
}

test('a new file may be given as a whole', async () => {
  await git.becomes(files, 'src/new/b.py\n```python\nx = 1\n```\n', { 'src/new/b.py': 'x = 1\n' });
});

test('lines that did not change keep their bytes', async () => {
  const windows = { 'src/a.py': text.replaceAll('\n', '\r\n') };
  await git.becomes(windows, `src/a.py\n\`\`\`\n${changed}\`\`\`\n`, { 'src/a.py': changed.replaceAll('\n', '\r\n') });
  const open = { 'src/a.py': text.trimEnd() };
  await git.becomes(open, `src/a.py\n\`\`\`\n${changed}\`\`\`\n`, { 'src/a.py': changed.trimEnd() });
});

test('a file of tabs given with blanks keeps its tabs', async () => {
  const go = { 'a.go': 'package a\n\nfunc a() {\n\tb()\n\tif c {\n\t\td()\n\t}\n}\n' };
  const answer = `a.go\n\`\`\`go\n${go['a.go'].replace('d()', 'e()\n\t\tf()').replaceAll('\t', '    ')}\`\`\`\n`;
  await git.becomes(go, answer, { 'a.go': go['a.go'].replace('d()', 'e()\n\t\tf()') });
});

for (const [name, block] of [
  ['an excerpt', 'def two():\n    return 22\n'],
  ['a file with a part left out', changed.replace('def one():\n    return 1\n', '# ... existing code ...\n')],
  ['a file that has nothing of the old one', 'a = 1\nb = 2\nc = 3\n'],
] as const) {
  test(`${name} is not taken for a whole file`, async () => {
    await git.refuses(files, `src/a.py\n\`\`\`python\n${block}\`\`\`\n`, 'diff_ambiguous');
  });
}

test('a block without the white space at line ends that the file has is refused', async () => {
  const spaced = { 'src/a.py': text.replace('import os', 'import os  ') };
  await git.refuses(spaced, `src/a.py\n\`\`\`python\n${changed}\`\`\`\n`, 'diff_ambiguous');
});

test('a block that may end at a fence of its own content is refused', async () => {
  const readme = '# A\n\nRun:\n\n```\nnpm test\n```\n\nDone, and more.\n';
  await git.refuses({}, `README.md\n\`\`\`\n${readme}\`\`\`\n`, 'diff_ambiguous');
  await git.becomes({}, `README.md\n\`\`\`\`\n${readme}\`\`\`\`\n`, { 'README.md': readme });
  const named = readme.replace('```\nnpm', '```sh\nnpm');
  await git.becomes({}, `README.md\n\`\`\`md\n${named}\`\`\`\n`, { 'README.md': named });
});

test('a name without its folder is the one file of that name, and refused if there are several', async () => {
  await git.becomes(files, `a.py\n\`\`\`\n${changed}\`\`\`\n`, want);
  await git.refuses({ ...files, 'lib/a.py': 'x\n' }, `a.py\n\`\`\`\n${changed}\`\`\`\n`, 'diff_ambiguous');
});

test('a block that says how to run a file is not that file', async () => {
  await git.refuses(files, '`src/a.py`:\n```sh\npython src/a.py\n```\n', 'model_output_invalid');
});

test('an unchanged whole file is diff_empty', async () => {
  await git.refuses(files, `src/a.py\n\`\`\`python\n${text}\`\`\`\n`, 'diff_empty');
});
