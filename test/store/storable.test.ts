import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isUuid, storableJson, storableLine, storableText } from '../../orchestrator/store/storable.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 50 }).map((text) => `${text}\0\uDC00\n\u2028`);

test('any text becomes one that Postgres can keep, within its bound', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 60 }), (text, most) => {
      for (const stored of [storableText(text, most), storableLine(text, most)]) {
        assert.ok(stored.isWellFormed() && !stored.includes('\0') && stored.length <= most);
      }
      assert.ok(!/[\n\u2028]/.test(storableLine(text, most)));
    }),
  );
});

test('text that can be kept is kept as it is', () => {
  const plain = 'a\n\tb 😀 "quoted" \\u0000';
  assert.equal(storableText(plain, 100), plain);
  assert.deepEqual(JSON.parse(storableJson({ plain, list: [plain, 1, null] })), { plain, list: [plain, 1, null] });
});

test('strings deep inside of a value are cleaned as well', () => {
  assert.equal(storableJson({ a: [{ b: 'x\0' }] }), '{"a":[{"b":"x\uFFFD"}]}');
});

test('only a UUID is one', () => {
  assert.ok(isUuid('00000000-0000-4000-8000-00000000000A'));
  for (const text of ['', 'x', '00000000-0000-4000-8000-00000000000', "00000000-0000-4000-8000-000000000000' or 1=1"]) {
    assert.ok(!isUuid(text), text);
  }
});
