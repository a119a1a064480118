import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openMeter } from '../../orchestrator/text/meter.ts';
import { matchLines } from '../../orchestrator/text/match-lines.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd', ''), { maxLength: 40 });

test('matched lines are equal and rise on both sides', () => {
  fc.assert(
    fc.property(lines, lines, (olds, news) => {
      let last = -1;
      for (const [at, match] of matchLines(olds, news, openMeter()).entries()) {
        if (match === null) continue;
        assert.equal(olds[match], news[at]);
        assert.ok(match > last);
        last = match;
      }
    }),
  );
});

test('a text matches itself line by line', () => {
  fc.assert(
    fc.property(lines, (olds) => {
      assert.deepEqual(matchLines(olds, olds, openMeter()), [...olds.keys()]);
    }),
  );
});

test('texts of 50,000 lines in another order cost few steps', () => {
  const olds = Array.from({ length: 50_000 }, (_, at) => `line ${at}`);
  const meter = openMeter();
  matchLines(olds, olds.toReversed(), meter);
  assert.ok(meter.used < 5_000_000, String(meter.used));
});
