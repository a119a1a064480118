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
      'Nearest in the file (line numbers are not part of it):',
      '  41: value_40 = compute(40, "text")',
      '  42: value_41 = compute(41, "text")   <-',
      'Nothing was applied. These were fine: x.py, hunk 1 of 2.',
    ].join('\n'),
  );
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
