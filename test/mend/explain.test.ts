import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mend } from '../../orchestrator/mend/mend.ts';
import { readerOf } from '../support/mending.ts';

const text = Array.from({ length: 300 }, (_, at) => `value_${at} = compute(${at}, "text")\n`).join('');
const names = '--- a/x.py\n+++ b/x.py\n';

async function reasonOf(answer: string, content = text): Promise<string> {
  const result = await mend(answer, readerOf({ 'x.py': content }));
  assert.equal(result.kind, 'refused');
  return result.kind === 'refused' ? result.reason : '';
}

test('a refusal names the hunk, the lines that are not there, the nearest that are, and the hunks that were fine', async () => {
  const fine = '@@\n-value_7 = compute(7, "text")\n+x = 7\n';
  const bad = '@@\n value_40 = compute(40, "text")\n-value_41 = compute(41, "wrong")\n+y = 1\n';
  assert.equal(
    await reasonOf(names + fine + bad),
    [
      'x.py, hunk 2 of 2: these lines are not in the file:',
      '  -value_41 = compute(41, "wrong")',
      'Nearest in the file (line numbers are no part of it, "<-" marks what the hunk lacks):',
      '  41: value_40 = compute(40, "text")',
      '  42: value_41 = compute(41, "text")   <-',
      'Nothing was applied. These were fine: x.py, hunk 1 of 2.',
    ].join('\n'),
  );
});

test('a hunk that stands in several places is told what sets them apart', async () => {
  const twice = 'def one():\n    x()\n\ndef two():\n    x()\n';
  assert.equal(
    await reasonOf(`${names}@@\n-    x()\n+    y()\n`, twice),
    [
      'x.py, hunk 1 of 1: its lines stand at lines 2, 5 of 5, and nothing says which is meant. Give more context, up to a line that differs.',
      '  -    x()',
      '  line 2 comes after: def one():',
      '  line 5 comes after: def two():',
      'Nothing was applied. No hunk was fine.',
    ].join('\n'),
  );
});

test('a file that is not there is answered with those beside it', async () => {
  const answer = '--- a/src/zzz.py\n+++ b/src/zzz.py\n@@\n-a\n+b\n';
  const result = await mend(answer, readerOf({ 'src/a.py': 'x\n', 'src/b/c.py': 'x\n' }));
  assert.equal(result.kind === 'refused' && result.reason, 'The base has no file src/zzz.py. Nearest: src/a.py.');
});

test('lines that are all there, but not together, are said to be so', async () => {
  const answer = `${names}@@\n value_1 = compute(1, "text")\n-value_9 = compute(9, "text")\n`;
  assert.match(await reasonOf(answer), /they do not stand together in this order/);
});

test('a reason stays under 4 KiB however much is wrong', async () => {
  const hunks = Array.from({ length: 900 }, (_, at) => `@@\n-${'wrong '.repeat(200)}${at}\n+x\n`).join('');
  const reason = await reasonOf(names + hunks);
  assert.ok(Buffer.byteLength(reason) <= 4_096, String(Buffer.byteLength(reason)));
  assert.match(reason, /more hunks that have no place/);
  const many = `--- a/${'long/'.repeat(900)}x\n+++ b/${'long/'.repeat(900)}x\n@@\n-a\n+b\n`;
  assert.ok(Buffer.byteLength(await reasonOf(many)) <= 4_096);
});

test('control characters of a file do not reach the reason', async () => {
  const reason = await reasonOf(`${names}@@\n-a \x1b[2Jb\n+c\n`, 'a \x1b[2Jx\nb\n');
  assert.ok(!reason.includes('\x1b'));
});
