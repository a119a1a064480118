/** Text made to crash or to stall. Work is counted, not timed: the budget is about half a second of one core. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { mend, mendWithin } from '../../orchestrator/mend/mend.ts';
import { defaultSteps, openMeter } from '../../orchestrator/text/meter.ts';
import { readerOf } from '../support/mending.ts';

const mebibyte = 1 << 20;
const most = 99_000;
/** About 1 MiB of it, in at most as many lines as are read. */
const full = (text: string): string => {
  const lines = text.split('\n').length - 1;
  return text.repeat(Math.min(Math.ceil(mebibyte / text.length), lines === 0 ? mebibyte : Math.floor(most / lines)));
};
const numbered = Array.from({ length: 50_000 }, (_, at) => `line ${at}\n`);
const files = {
  x: 'a\n'.repeat(100_000),
  y: 'a\nb\n'.repeat(50_000),
  z: numbered.join(''),
  v: Buffer.from('caf\xe9\n'.repeat(40_000), 'latin1'),
  u: 'a \n'.repeat(60_000),
  w: 'def f():\n  return 1\n'.repeat(30_000),
};
const id = createHash('sha1').update(`blob 200000\0${files.x}`).digest('hex');
const checked = `diff --git a/x b/x\nindex ${id}..${id.replaceAll(/\d/g, '0')} 100644\n--- a/x\n+++ b/x\n`;
const head = (path: string): string => `--- a/${path}\n+++ b/${path}\n`;

for (const [name, text] of [
  ['hunk headers alone', full('@@\n')],
  ['a file of hunk headers', head('x') + full('@@\n')],
  ['5,000 hunks that stand everywhere', head('x') + '@@ -1 +1 @@\n-a\n+b\n'.repeat(4_999)],
  ['5,000 hunks under 30,000 headings', head('w') + '@@ -1 +1 @@ def f():\n-  return 1\n+b\n'.repeat(4_999)],
  ['too many hunks', head('x') + full('@@\n-a\n+b\n')],
  ['20,000 equal lines in a file of 100,000', `${head('x')}@@\n${' a\n'.repeat(20_000)}-a\n`],
  ['100,000 removed lines', `${head('x')}@@\n${full('-a\n')}`],
  ['a long pattern that always fails at its end', `${head('y')}@@\n${' a\n b\n'.repeat(20_000)}-a\n-a\n`],
  [
    '30,000 lines of which one is wrong',
    `${head('z')}@@\n${numbered
      .slice(0, 30_000)
      .map((line, at) => (at === 9 ? ' q\n' : ` ${line}`))
      .join('')}-line 30000\n`,
  ],
  ['blank lines between changes', `${head('x')}@@\n${full('\n-a\n')}`],
  ['a list between blank lines', `${head('x')}@@\n${full('\n- a b\n')}`],
  ['unmarked lines between changes', `\`\`\`diff\n${head('x')}@@\n${full('q\n-a\n')}`],
  ['search markers', full('<<<<<<< SEARCH\n')],
  ['dividers', `x\n<<<<<<< SEARCH\n${full('=======\n')}>>>>>>> REPLACE\n`],
  ['fences', full('```\n')],
  ['fences in fences', full('```a\n')],
  ['labels', full('**`a/b.py`**\n```\nx\n```\n')],
  ['git headers', full('diff --git a/x b/x\n')],
  ['quotes that never end', full('--- "a/\n+++ "b\n@@\n')],
  ['a whole file in another order', `z\n\`\`\`\n${numbered.toReversed().join('')}\`\`\`\n`],
  ['numbers of a listing', `${head('x')}@@\n${full(' 1: a\n')}`],
  ['dots between lines', `${head('x')}@@\n${full(' q\n...\n-a\n')}`],
  ['changes right behind their headers', head('x') + full('@@ -1 +1 @@-a\n+b\n')],
  ['blank lines between added ones', `${head('y')}@@\n a\n${full('+q\n\n')} b\n`],
  ['bytes that no model can read', `${head('v')}@@\n${full('-caf\uFFFD\n+\uFFFDcaf\n')}`],
  ['a real checksum and hunks that stand everywhere', checked + '@@\n-a\n+b\n'.repeat(4_999)],
  ['changes of lines that have lost their ends', `${head('u')}@@\n${'-a\n'.repeat(49_000)}${'+b\n'.repeat(49_000)}`],
  ['counts of a milliard', `${head('x')}@@ -1,999999999 +1,999999999 @@\n${full(' a\n')}`],
  ['carriage returns', full('\r\n')],
  ['NUL', full('\0\n')],
  ['lone surrogates', full('\uD800\n')],
] as const) {
  test(`1 MiB of ${name} ends within the budget`, async () => {
    const meter = openMeter();
    const result = await mendWithin(text, readerOf(files), meter);
    // What goes over the budget is refused at once: one step more than the limit, of at most a file's length.
    assert.ok(meter.used < defaultSteps + 2_000_000, String(meter.used));
    if (meter.exhausted) assert.equal(result.kind === 'refused' && result.code, 'diff_too_large');
  });
}

for (const [name, text] of [
  ['one endless line', 'x'.repeat(2 * mebibyte)],
  ['blanks', `${' '.repeat(mebibyte)}x`],
  ['more than 4 MB', 'ab\n'.repeat(1_500_000)],
  ['more lines than a person would review', '+\n'.repeat(200_000)],
] as const) {
  test(`${name} is diff_too_large before anything is read`, async () => {
    const none = { read: async () => assert.fail(), paths: async () => assert.fail() };
    const result = await mend(text, none);
    assert.equal(result.kind === 'refused' && result.code, 'diff_too_large');
  });
}

const token = fc.constantFrom(
  '@@',
  '@@ -1,2 +1,2 @@',
  '@@ -2 +2 @@ def a():',
  '--- a/x',
  '+++ b/x',
  '--- /dev/null',
  '+++ /dev/null',
  '+++ b/new',
  'diff --git a/x b/x',
  'diff --git "a/\\',
  'new file mode 100644',
  'deleted file mode 100644',
  'rename from x',
  'rename to q',
  'old mode 100644',
  'index 1234567..89abcde 100644',
  '```',
  '```diff',
  '````',
  'x',
  '`x`:',
  '**new**',
  '<<<<<<< SEARCH',
  '=======',
  '>>>>>>> REPLACE',
  '\\ No newline at end of file',
  '',
  ' ',
  ' a',
  ' b',
  '-a',
  '-b',
  '+a',
  '+b',
  '+',
  '-',
  'a',
  'b',
  '\t',
  ' \ta',
  '-\ta',
  'prose.',
  '- item',
  '-- ',
  '2.39.5',
  '*** Update File: x',
  '\uFEFF',
  'é',
);
const answers = fc
  .array(token, { maxLength: 40 })
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join(end)));
const contents = fc.array(fc.constantFrom('a', 'b', '', '\ta', 'def a():', 'é'), { maxLength: 12 });

test('no sequence of the words of diffs, blocks and fences crashes it or gets a reason of more than 4 KiB', async () => {
  await fc.assert(
    fc.asyncProperty(answers, contents, async (answer, lines) => {
      const result = await mend(answer, readerOf({ x: lines.join('\n'), 'dir/y': 'a\nb\n' }));
      if (result.kind === 'refused') assert.ok(Buffer.byteLength(result.reason) <= 4_096);
      else assert.ok(result.diff.byteLength > 0);
    }),
    { numRuns: 3_000 },
  );
});

test('no text at all crashes it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 500 }), async (answer) => {
      const { kind } = await mend(answer, readerOf({ x: 'a\n' }));
      assert.ok(kind === 'refused' || kind === 'mended');
    }),
    { numRuns: 500 },
  );
});
