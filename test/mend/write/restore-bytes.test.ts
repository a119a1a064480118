import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteTextOf, readable, toByteText } from '../../../orchestrator/mend/byte-text.ts';
import { restoreBytes } from '../../../orchestrator/mend/write/restore-bytes.ts';

const old = (bytes: string) => {
  const raw = byteTextOf(Buffer.from(bytes, 'latin1'));
  return { raw, shown: toByteText(readable(raw)) };
};
const said = (text: string): string => toByteText(text);

for (const [name, line, olds, made] of [
  ['before the change', 'caf\uFFFD = 2', ['caf\xe9 = 1'], 'caf\xe9 = 2'],
  ['behind the change', 'new caf\uFFFD', ['old caf\xe9'], 'new caf\xe9'],
  ['on both sides of it', 'a\uFFFD new \uFFFDb', ['a\xe9 old \xe8b'], 'a\xe9 new \xe8b'],
  ['beside UTF-8', 'é caf\uFFFD = 2', ['\xc3\xa9 caf\xe9 = 1'], '\xc3\xa9 caf\xe9 = 2'],
  ['in two lines alike', 'caf\uFFFD = 2', ['caf\xe9 = 1', 'caf\xe9 = 0'], 'caf\xe9 = 2'],
  ['that moved', '\uFFFDcaf', ['caf\xe9 = 1'], null],
  ['that two lines have otherwise', 'caf\uFFFD = 2', ['caf\xe9 = 1', 'caf\xe8 = 1'], null],
  ['that no line has', 'caf\uFFFD', ['cafe'], null],
] as const) {
  test(`a byte that is no UTF-8, ${name}, is ${made === null ? 'not guessed' : 'taken from the old line'}`, () => {
    assert.equal(restoreBytes(said(line), olds.map(old)), made);
  });
}
