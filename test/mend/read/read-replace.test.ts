import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openMending } from '../../support/mending.ts';

const git = await openMending();
after(() => git[Symbol.asyncDispose]());

const python = 'def one():\n    return 1\n\n\ndef two():\n    return 2\n';
const files = { 'src/a.py': python, 'my notes.txt': 'x\n' };
const want = { 'src/a.py': python.replace('return 2', 'return 22') };
const block = '<<<<<<< SEARCH\ndef two():\n    return 2\n=======\ndef two():\n    return 22\n>>>>>>> REPLACE\n';

for (const [name, answer] of [
  ['after a line with the path', `src/a.py\n${block}`],
  ['in a fence after a line with the path', `src/a.py\n\`\`\`python\n${block}\`\`\`\n`],
  ['in a fence that begins with the path', `\`\`\`python\nsrc/a.py\n${block}\`\`\`\n`],
  ['in a fence whose info string is the path', `\`\`\`python src/a.py\n${block}\`\`\`\n`],
  ['under a heading', `### \`src/a.py\`:\n\n${block}`],
  ['after "File: path"', `**File: src/a.py**\n\n${block}`],
  ['with the path behind its marker', block.replace('SEARCH', 'SEARCH src/a.py')],
  ['with the path without its first folder', `a.py\n${block}`],
  ['with Windows line ends', `src/a.py\n${block}`.replaceAll('\n', '\r\n')],
  [
    'with its outer indent gone',
    `src/a.py\n${block.replace('def two():\n', '').replace('def two():\n', '').replaceAll('    ', '')}`,
  ],
  [
    'with blank lines around both parts',
    `src/a.py\n${block.replace('SEARCH\n', 'SEARCH\n\n').replace('=======\n', '=======\n\n')}`,
  ],
] as const) {
  test(`a SEARCH/REPLACE block ${name} is the change that was meant`, async () => {
    await git.becomes(files, answer, want);
  });
}

test('a second block without a path belongs to the file of the first', async () => {
  const second = block.replaceAll('two', 'one').replace('return 2\n', 'return 1\n').replace('22', '11');
  await git.becomes(files, `src/a.py\n${block}\n${second}`, {
    'src/a.py': python.replace('return 2', 'return 22').replace('return 1', 'return 11'),
  });
});

test('a path may hold blanks if the base knows it', async () => {
  await git.becomes(files, 'my notes.txt\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n', { 'my notes.txt': 'y\n' });
});

test('an empty SEARCH part makes a new file, and nothing else', async () => {
  const empty = '<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n';
  await git.becomes(files, `src/b.py\n${empty}`, { 'src/b.py': 'x = 1\n' });
  await git.refuses(files, `src/a.py\n${empty}`, 'diff_ambiguous');
});

test('text that holds the divider itself is divided where the base says', async () => {
  const rst = { 'd.rst': 'Title\n=======\n\nold\n\nOther\n=======\n' };
  const answer = `d.rst\n<<<<<<< SEARCH\nTitle\n=======\n\nold\n=======\nTitle\n=======\n\nnew\n>>>>>>> REPLACE\n`;
  await git.becomes(rst, answer, { 'd.rst': rst['d.rst'].replace('old', 'new') });
});

test('where two dividers are possible the clearly smaller change is meant, and else it is refused', async () => {
  const rst = { 'd.rst': 'One\n=======\n\nold text\n\nTwo\n=======\n\nend\n' };
  const mark = '=======\n';
  const small = `d.rst\n<<<<<<< SEARCH\nold text\n\nTwo\n${mark}${mark}new text\n\nTwo\n${mark}>>>>>>> REPLACE\n`;
  await git.becomes(rst, small, { 'd.rst': rst['d.rst'].replace('old', 'new') });
  const both = `d.rst\n<<<<<<< SEARCH\n${mark}\nold text\n\nTwo\n${mark}${mark}\nold text\nmore\n\nTwo\n>>>>>>> REPLACE\n`;
  const reason = await git.refuses(rst, both, 'diff_ambiguous');
  assert.match(reason, /which one ends SEARCH/);
});

test('a misremembered line does not make the wrong one of two dividers right', async () => {
  const rst = { 'd.rst': 'One\n=======\n\nfirst text\n\nTwo\n=======\n\nsecond text\n' };
  const mark = '=======\n';
  const answer = `d.rst\n<<<<<<< SEARCH\nfirst text\n\nTwo\n${mark}\nsecond txt\n${mark}new text\n\nTwo\n${mark}\nsecond txt\n>>>>>>> REPLACE\n`;
  await git.refuses(rst, answer, 'diff_ambiguous');
});

test('a block that changes nothing is left out, unless the file has other white space there', async () => {
  const same = '<<<<<<< SEARCH\nx\n=======\nx\n>>>>>>> REPLACE\n';
  await git.becomes(files, `my notes.txt\n${same}\nsrc/a.py\n${block}`, want);
  const spaced = { ...files, 'my notes.txt': 'x  \n' };
  await git.refuses(spaced, `my notes.txt\n${same}\nsrc/a.py\n${block}`, 'diff_ambiguous');
});

test('a block that stands in two places is refused with the lines where it stands', async () => {
  const twice = { 'x.py': 'a = 1\nb = 2\na = 1\n' };
  const reason = await git.refuses(
    twice,
    'x.py\n<<<<<<< SEARCH\na = 1\n=======\na = 3\n>>>>>>> REPLACE\n',
    'diff_ambiguous',
  );
  assert.match(reason, /lines 1, 3 of 3/);
});

test('as many equal blocks as there are places change them all', async () => {
  const one = '<<<<<<< SEARCH\na = 1\n=======\na = 3\n>>>>>>> REPLACE\n';
  await git.becomes({ 'x.py': 'a = 1\nb = 2\na = 1\n' }, `x.py\n${one}${one}`, { 'x.py': 'a = 3\nb = 2\na = 3\n' });
});

test('a block that is not finished, has no divider or names no file is diff_invalid', async () => {
  await git.refuses(files, `src/a.py\n${block.replace('>>>>>>> REPLACE', '')}`, 'diff_invalid');
  await git.refuses(files, `src/a.py\n${block.replace('=======', '')}`, 'diff_invalid');
  await git.refuses(files, block, 'diff_invalid');
});

test('a diff and blocks in one answer are one change', async () => {
  const diff = '```diff\n--- a/my notes.txt\t\n+++ b/my notes.txt\t\n@@ -1 +1 @@\n-x\n+y\n```\n';
  await git.becomes(files, `${diff}\nsrc/a.py\n${block}`, { ...want, 'my notes.txt': 'y\n' });
});
