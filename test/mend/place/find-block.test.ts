import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openMeter } from '../../../orchestrator/text/meter.ts';
import { findBlock } from '../../../orchestrator/mend/place/find-block.ts';
import { readBaseText } from '../../../orchestrator/mend/plan/base-text.ts';

const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 200 });
const few = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 6 });

test('every start of a block is found, and nothing else', () => {
  fc.assert(
    fc.property(letters, few, (file, block) => {
      const { exact } = readBaseText('x', Buffer.from(file.map((line) => `${line}\n`).join('')));
      const found = findBlock(
        block.map((line) => exact.idOf(line)),
        exact,
        1_000,
        openMeter(),
      );
      const starts = file.map((_, at) => at).filter((at) => block.every((line, by) => file[at + by] === line));
      assert.deepEqual(found, starts);
    }),
  );
});

test('a block of 20,000 equal lines in a file of 100,000 costs their sum, not their product', () => {
  const { exact } = readBaseText('x', Buffer.from('a\n'.repeat(100_000)));
  const meter = openMeter();
  const block = Array.from({ length: 20_000 }, () => exact.idOf('a'));
  assert.equal(findBlock(block, exact, 50, meter).length, 51);
  assert.ok(meter.used <= 120_000, String(meter.used));
});
