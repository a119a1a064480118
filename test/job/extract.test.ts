import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractDiff } from '../../orchestrator/job/extract.ts';

const diff = '--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n';

function taken(answer: string): string {
  const result = extractDiff(answer);
  return result.kind === 'diff' ? Buffer.from(result.bytes).toString() : result.code;
}

test('a bare diff is taken as it is', () => assert.equal(taken(diff), diff));
test('a missing last newline is added', () => assert.equal(taken(diff.trimEnd()), diff));
test('a fenced diff is taken out of the prose around it', () => {
  assert.equal(taken(`Here you are:\n\n\`\`\`diff\n${diff}\`\`\`\nGood luck!`), diff);
});
test('several fenced diffs are joined, other blocks are left out', () => {
  assert.equal(taken(`\`\`\`sh\nls\n\`\`\`\n\`\`\`diff\n${diff}\`\`\`\nand\n\`\`\`diff\n${diff}\`\`\``), diff + diff);
});
test('prose before an unfenced diff is left out', () => assert.equal(taken(`Sure.\n${diff}`), diff));
for (const [name, answer] of [
  ['prose', 'I can not do that.'],
  ['HTML', '<html><body>502</body></html>'],
  ['nothing', ''],
] as const) {
  test(`${name} is model_output_invalid`, () => assert.equal(taken(answer), 'model_output_invalid'));
}
