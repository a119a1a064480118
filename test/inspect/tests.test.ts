import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, type ComparedFile } from '../../orchestrator/inspect/changed-file.ts';
import { pairMoves } from '../../orchestrator/inspect/moves.ts';
import { inspectTests } from '../../orchestrator/inspect/tests.ts';
import { changed, rules } from './given.ts';
import { weaker } from './weaker.ts';

function verdict(files: readonly ComparedFile[], paths: readonly string[] = []): string {
  const refused = inspectTests(pairMoves(files).map(compare), { ...rules, approved: { scope: [], paths } });
  return refused === null ? 'fine' : `${refused.code} ${refused.reason.split(' ')[0]}`;
}

for (const [what, path, before, after] of weaker) {
  test(`${what}: tests_weakened, and the file is named`, () => {
    assert.match(verdict([changed(path, before, after)]), new RegExp(`^tests_weakened ${path.replaceAll('.', '\\.')}`));
    assert.equal(verdict([changed(path, before, after)], [path]), 'fine', 'unless the approval lists the file');
    assert.equal(verdict([changed(path, after, before)]), 'fine', 'and the way back is fine');
  });
}

test('a deleted test is refused; one that only moved is not gone', () => {
  const text = 'def test_a():\n    assert f()\n';
  assert.equal(verdict([changed('tests/test_a.py', text, null)]), 'tests_weakened tests/test_a.py');
  assert.equal(verdict([changed('tests/test_a.py', text, null), changed('tests/unit/test_a.py', null, text)]), 'fine');
  assert.match(verdict([changed('tests/test_a.py', text, null), changed('src/a.py', null, text)]), /^tests_weakened/);
});

test('assertions that move to another test are not gone, and more tests are fine', () => {
  const two = 'def test_a():\n    assert f() == 1\n    assert g() == 2\n';
  const split = [
    changed('tests/test_a.py', two, 'def test_a():\n    assert f() == 1\n'),
    changed('tests/test_b.py', null, 'def test_b():\n    assert g() == 2\n'),
  ];
  assert.equal(verdict(split), 'fine');
  assert.equal(verdict([changed('tests/test_a.py', two, `${two}\n\ndef test_c():\n    assert h()\n`)]), 'fine');
});

test('another expectation is no weaker one: that is for the runs and the reviewer to judge', () => {
  assert.equal(
    verdict([
      changed('tests/test_a.py', 'def test_a():\n    assert f() == 1\n', 'def test_a():\n    assert f() == 2\n'),
    ]),
    'fine',
  );
});

test('words in prose, strings and product code are no marks', () => {
  const quiet: readonly (readonly [string, string, string])[] = [
    ['src/a.py', 'def skip(x):\n    return 1\n', 'def skip(x):\n    assert x\n    sys.exit(1)\n'],
    [
      'tests/test_a.py',
      'def test_a():\n    assert f()\n',
      'def test_a():\n    # we never skip this; see pytest.mark.skip\n    assert f("skip")\n',
    ],
    ['docs/tests.md', 'assert\n', 'nothing\n'],
    ['src/a.py', 'rtol = 0.1\n', 'rtol = 0.5\n'],
  ];
  for (const [path, before, after] of quiet) assert.equal(verdict([changed(path, before, after)]), 'fine', path);
});

test('a mebibyte of marks is counted in time that grows with its length', () => {
  for (const unit of ['if ', 'assert ', '\n', 'expect ', "it('", '"', '/* ', '#[', 'skip: ', '\t']) {
    const text = unit.repeat(Math.floor(2 ** 20 / unit.length));
    assert.equal(verdict([changed('tests/test_a.py', text, text)]), 'fine');
  }
});
