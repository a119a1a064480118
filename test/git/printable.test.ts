import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printable } from '../../orchestrator/git/printable.ts';

test('terminal escapes, bidi controls, line separators and bad UTF-8 are made visible', () => {
  assert.equal(printable('a\x1b[2J\u202eb\u2028\x00\x9b'), 'a\\x1b[2J\\u{202e}b\\u{2028}\\x00\\x9b');
  assert.equal(printable('line\n\ttab é 漢'), 'line\n\ttab é 漢');
  assert.equal(printable(Uint8Array.of(0x61, 0xff, 0x62)), 'a\ufffdb');
});

test('no text comes out longer than asked for, or with a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const shown = printable(text, 100);
      assert.ok(shown.length <= 110);
      assert.match(shown, /^[\P{C}\n\t]*$/u);
    }),
    { numRuns: 40 },
  );
});
