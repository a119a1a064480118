import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChangedFile } from '../../orchestrator/inspect/changed-file.ts';
import { inspectTests } from '../../orchestrator/inspect/tests.ts';
import { changed, rules } from './given.ts';

function verdict(files: readonly ChangedFile[], paths: readonly string[] = []): string {
  const refused = inspectTests(files, { ...rules, approved: { scope: [], paths } });
  return refused === null ? 'fine' : `${refused.code} ${refused.reason.split(' ')[0]}`;
}

/** Before and after of one file whose tests get weaker. */
const weaker: readonly (readonly [what: string, path: string, before: string, after: string])[] = [
  [
    'pytest: an assertion is gone',
    'tests/test_a.py',
    'def test_a():\n    assert f() == 1\n    assert g() == 2\n',
    'def test_a():\n    assert f() == 1\n',
  ],
  [
    'pytest: an assertion is commented out',
    'tests/test_a.py',
    'def test_a():\n    assert f() == 1\n',
    'def test_a():\n    # assert f() == 1\n    pass\n',
  ],
  [
    'pytest: an assertion becomes a string',
    'tests/test_a.py',
    'def test_a():\n    assert f() == 1\n',
    'def test_a():\n    """\n    assert f() == 1\n    """\n',
  ],
  [
    'pytest: an assertion becomes a truism',
    'tests/test_a.py',
    'def test_a():\n    assert f() == 1\n',
    'def test_a():\n    assert True\n',
  ],
  [
    'pytest: skip',
    'tests/test_a.py',
    'import pytest\n\n\ndef test_a():\n    assert f()\n',
    'import pytest\n\n\n@pytest.mark.skip(reason="slow")\ndef test_a():\n    assert f()\n',
  ],
  [
    'pytest: xfail',
    'tests/test_a.py',
    'def test_a():\n    assert f()\n',
    '@pytest.mark.xfail\ndef test_a():\n    assert f()\n',
  ],
  [
    'pytest: a module-wide mark',
    'tests/test_a.py',
    'def test_a():\n    assert f()\n',
    'pytestmark = pytest.mark.skipif(True, reason="")\n\ndef test_a():\n    assert f()\n',
  ],
  [
    'pytest: another name, so that it is not collected',
    'tests/test_a.py',
    'def test_a():\n    assert f()\n',
    'def check_a():\n    assert f()\n',
  ],
  [
    'pytest: an early return in CI',
    'tests/test_a.py',
    'def test_a():\n    assert f()\n',
    'def test_a():\n    if os.environ.get("CI"): return\n    assert f()\n',
  ],
  [
    'pytest: a wider tolerance',
    'tests/test_a.py',
    'def test_a():\n    assert f() == approx(1, abs=0.01)\n',
    'def test_a():\n    assert f() == approx(1, abs=0.5)\n',
  ],
  [
    'unittest: fewer places',
    'tests/test_a.py',
    '        self.assertAlmostEqual(a, b, places=7)\n',
    '        self.assertAlmostEqual(a, b, places=1)\n',
  ],
  [
    'unittest: skipTest',
    'tests/test_a.py',
    '    def test_a(self):\n        self.assertEqual(a, 1)\n',
    '    def test_a(self):\n        self.skipTest("x")\n        self.assertEqual(a, 1)\n',
  ],
  [
    'Jest: it.skip',
    'src/a.test.ts',
    "it('a', () => { expect(f()).toBe(1); });\n",
    "it.skip('a', () => { expect(f()).toBe(1); });\n",
  ],
  [
    'Jest: xit',
    'src/a.test.ts',
    "it('a', () => { expect(f()).toBe(1); });\n",
    "xit('a', () => { expect(f()).toBe(1); });\n",
  ],
  [
    'Jest: it.only',
    'src/a.test.ts',
    "it('a', () => { expect(f()).toBe(1); });\n",
    "it.only('a', () => { expect(f()).toBe(1); });\n",
  ],
  ['Jest: test.todo', 'src/a.test.ts', "test('a', () => { expect(f()).toBe(1); });\n", "test.todo('a');\n"],
  [
    'Jest: a truism',
    'src/a.test.ts',
    "it('a', () => { expect(f()).toBe(1); });\n",
    "it('a', () => { expect(true).toBe(true); });\n",
  ],
  [
    'Jest: toBeCloseTo with fewer digits',
    'src/a.test.ts',
    'expect(f()).toBeCloseTo(0.3, 5);\n',
    'expect(f()).toBeCloseTo(0.3, 1);\n',
  ],
  [
    'node:test: skip option',
    'test/a.test.js',
    "test('a', () => assert.equal(f(), 1));\n",
    "test('a', { skip: true }, () => assert.equal(f(), 1));\n",
  ],
  [
    'process.exit before the tests',
    'test/a.test.js',
    "test('a', () => assert.equal(f(), 1));\n",
    "process.exit(0);\ntest('a', () => assert.equal(f(), 1));\n",
  ],
  [
    'Go: t.Skip',
    'a_test.go',
    'func TestA(t *testing.T) {\n\tif f() != 1 {\n\t\tt.Fatal("x")\n\t}\n}\n',
    'func TestA(t *testing.T) {\n\tt.Skip("x")\n\tif f() != 1 {\n\t\tt.Fatal("x")\n\t}\n}\n',
  ],
  [
    'Go: t.Fatal becomes t.Log',
    'a_test.go',
    'func TestA(t *testing.T) {\n\tif f() != 1 {\n\t\tt.Fatal("x")\n\t}\n}\n',
    'func TestA(t *testing.T) {\n\tif f() != 1 {\n\t\tt.Log("x")\n\t}\n}\n',
  ],
  [
    'Go: a build tag',
    'a_test.go',
    'package a\n\nfunc TestA(t *testing.T) {\n\tt.Fatal()\n}\n',
    '//go:build never\n\npackage a\n\nfunc TestA(t *testing.T) {\n\tt.Fatal()\n}\n',
  ],
  [
    'Rust: ignore, beside the code',
    'src/lib.rs',
    '#[cfg(test)]\nmod t {\n    #[test]\n    fn a() { assert_eq!(f(), 1); }\n}\n',
    '#[cfg(test)]\nmod t {\n    #[test]\n    #[ignore]\n    fn a() { assert_eq!(f(), 1); }\n}\n',
  ],
  [
    'JUnit: @Disabled',
    'src/test/java/ATest.java',
    '@Test\nvoid a() { assertEquals(1, f()); }\n',
    '@Disabled\n@Test\nvoid a() { assertEquals(1, f()); }\n',
  ],
  [
    'RSpec: pending',
    'spec/a_spec.rb',
    "it 'a' do\n  expect(f).to eq(1)\nend\n",
    "it 'a' do\n  pending 'x'\n  expect(f).to eq(1)\nend\n",
  ],
  [
    'coverage: a lower threshold',
    'ci/run.yml',
    'run: pytest --cov-fail-under=90\n',
    'run: pytest --cov-fail-under=10\n',
  ],
];

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
      'def test_a():\n    # we never skip this; see pytest.mark.skip\n    assert f("it.skip(")\n',
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
