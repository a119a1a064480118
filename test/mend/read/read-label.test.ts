import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { writeName } from '../../../orchestrator/text/quoted-name.ts';
import { readGitLabels, readLabel } from '../../../orchestrator/mend/read/read-label.ts';

test('a written name reads as the same name, whatever its bytes', () => {
  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const name = fc.array(byte, { minLength: 1, maxLength: 30 }).map((chars) => `a/${chars.join('')}z`);
  fc.assert(
    fc.property(name, (text) => {
      assert.equal(readLabel(writeName(text)), text);
    }),
  );
});

for (const [text, label] of [
  ['a/x.py', 'a/x.py'],
  ['a/x y.py\t', 'a/x y.py'],
  ['a/x.py\t2024-01-01 00:00:00', 'a/x.py'],
  ['a/x.py 2024-01-01 10:00:00.000000 +0100', 'a/x.py'],
  ['/dev/null', null],
  ['"a/\\303\\251\\n"', 'a/\xc3\xa9\n'],
  ['', undefined],
] as const) {
  test(`the label ${JSON.stringify(text)} is ${JSON.stringify(label)}`, () => assert.equal(readLabel(text), label));
}

test('both names of a diff --git line are told apart where they can be', () => {
  assert.deepEqual(readGitLabels('a/x y b/x y'), { old: 'a/x y', new: 'b/x y' });
  assert.deepEqual(readGitLabels('a/x b/y'), { old: 'a/x', new: 'b/y' });
  assert.deepEqual(readGitLabels('"a/\\t" "b/\\t"'), { old: 'a/\t', new: 'b/\t' });
  assert.equal(readGitLabels('a/x y b/z w'), null);
});
