/** Texts made to stall a pattern. Nothing is timed here: what takes time by the square of such a text ends in the runner's own time limit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, type ComparedFile } from '../../orchestrator/inspect/changed-file.ts';
import { flagsOf } from '../../orchestrator/inspect/flags.ts';
import { pairMoves } from '../../orchestrator/inspect/moves.ts';
import { inspectSecrets } from '../../orchestrator/inspect/secrets.ts';
import { inspectTests } from '../../orchestrator/inspect/tests.ts';
import { inspectUnicode } from '../../orchestrator/inspect/unicode.ts';
import { changed, rules } from './given.ts';

const mebibyte = 2 ** 20;
const eighth = mebibyte / 8;

/** 128 KiB of it, in lines as long as policy lets through. */
function linesOf(unit: string): string {
  const line = unit.repeat(Math.ceil(9_900 / unit.length)).slice(0, 9_900);
  return `${line}\n`.repeat(Math.floor(eighth / line.length));
}

async function judge(file: ComparedFile): Promise<void> {
  inspectUnicode(file, rules.policy);
  await inspectSecrets(file.path, file.lines.added, rules);
  flagsOf(file, true);
  inspectTests([file], rules);
}

const units = [
  'assert ',
  'assert(',
  'expect(',
  'expect(x)',
  'if ',
  'if (',
  "it('",
  'test.',
  'it.only',
  'def test',
  'func Test',
  'try {',
  'catch (',
  'catch ((',
  'except ',
  'suppress(',
  'skip: ',
  '@Test(',
  '#[',
  '(',
  '"',
  "'",
  '`',
  '/*',
  '//',
  '\\',
  'a',
  '1',
  '1 ',
  'a1 ',
  'eyJ',
  'eyJ-',
  'eyJaaaaaaaaaa.',
  'sk-',
  'secret="',
  'AKIA',
  '-----BEGIN ',
  'process.env',
  'process["',
  '[]()!+',
  '\\x41',
  'e\u0301',
  '\u0430a ',
  'ｅ',
  '\u200d',
  '😀\u200d',
  '\t',
  ' ',
];

test('128 KiB of anything, in long lines, is judged', async () => {
  for (const unit of units) {
    for (const path of ['tests/test_a.py', 'test/a.test.js', 'a_test.go']) {
      await judge(changed(path, 'x\n', linesOf(unit)));
      if (path.endsWith('.js')) await judge(changed(path, linesOf(`${unit}1 `), linesOf(`${unit}2 `)));
    }
  }
});

test('blanks between two words stall no pattern', async () => {
  for (const word of ['assert', 'assert(', 'expect(', 'return', 'it', 'def test_a', 'except', 'catch', 'secret']) {
    const line = `${word}${' '.repeat(9_000)}x`;
    await judge(changed('tests/test_a.py', 'x\n', `${line}\n`.repeat(100)));
    await judge(changed('tests/test_a.py', `${word}${'\n'.repeat(50_000)}`, `${word}${'\n'.repeat(49_000)}`));
  }
});

test('one line as long as a file may be stalls no pattern', async () => {
  for (const unit of ['test.', 'catch (', '(', '1 ', 'a1 ', 'if ', '"', 'x']) {
    const long = unit.repeat(Math.floor(mebibyte / unit.length));
    await judge(changed('tests/test_a.js', `${long}\n1\n`, `${long}\n2\n`));
  }
});

test('as many lines as a file may have are compared', () => {
  const lines = Array.from({ length: 100_000 }, () => '');
  const other = ['x', ...lines.slice(2), 'y'];
  assert.equal(changed('a.py', `${lines.join('\n')}\n`, `${other.join('\n')}\n`).lines.added.length, 2);
});

function largeText(at: number): string {
  return Array.from({ length: 5_000 }, (_, line) => `line ${line} of a file with ${line % 7 ? '' : at}\n`).join('');
}

test('fifty large files that move are paired', () => {
  const files = Array.from({ length: 50 }, (_, at) => [
    changed(`tests/test_${at}.py`, largeText(at), null),
    changed(`tests/unit/test_${at}.py`, null, `${largeText(at)}x\n`),
  ]).flat();
  const paired = pairMoves(files).map(compare);
  assert.ok(paired.length >= 50 && paired.length <= 100);
});
