import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readReport, sumReports } from '../../orchestrator/sandbox/read-report.ts';

const read = (text: string) => readReport(Buffer.from(text));

test("pytest's report is read: counts on the suite below the root", () => {
  const text = `<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3"
    tests="9" time="0.1" timestamp="2026-01-01T00:00:00" hostname="sandbox"><testcase classname="t" name="a" time="0.0">
    <failure message="assert 1 == 2 &lt;testsuite tests=&quot;99&quot;&gt;">a &gt; b</failure></testcase></testsuite></testsuites>`;
  assert.deepEqual(read(text), { tests: 9, failures: 2, errors: 1, skipped: 3 });
});

test('counts of the root are taken before those of its suites', () => {
  const text = `<testsuites tests="5" failures="1" errors="0"><testsuite tests="2"/><testsuite tests="3"/></testsuites>`;
  assert.deepEqual(read(text), { tests: 5, failures: 1, errors: 0, skipped: 0 });
});

test('without counts of its own a root has the sum of its suites, nested ones not counted twice', () => {
  const text = `<testsuites><testsuite tests='2' failures='1'><testsuite tests='2'/></testsuite><testsuite tests='3' skipped='1'/></testsuites>`;
  assert.deepEqual(read(text), { tests: 5, failures: 1, errors: 0, skipped: 1 });
});

test('a single suite may be the root', () => {
  assert.deepEqual(read('<testsuite tests="1"/>'), { tests: 1, failures: 0, errors: 0, skipped: 0 });
});

test('markup in comments, character data and attribute values is no markup', () => {
  const text = `<!-- <testsuites tests="9"> --><testsuite tests="1" name="a > b"><system-out><![CDATA[</testsuite><testsuite tests="7">]]></system-out></testsuite>`;
  assert.equal(read(text)?.tests, 1);
});

const unreadable: Readonly<Record<string, string>> = {
  'that is cut off': '<testsuites><testsuite tests="1">',
  'that is cut off inside a tag': '<testsuite tests="1" na',
  'that is cut off inside a comment': '<testsuite tests="1"/><!-- ',
  'that is empty': '',
  'without any markup': 'ok, 100 passed',
  'with a wrong end tag': '<testsuite tests="1"></testsuites>',
  'with two roots': '<testsuite tests="1"/><testsuite tests="1"/>',
  'with another root': '<report tests="1"></report>',
  'with a suite that is not the root': '<report><testsuite tests="1"/></report>',
  'without counts': '<testsuites/>',
  'with a count that is no number': '<testsuite tests="-1"/>',
  'with a huge count': '<testsuite tests="99999999"/>',
  'with a bad count in one of its suites': '<testsuites><testsuite tests="1"/><testsuite tests="x"/></testsuites>',
  'with a document type, whose entities could grow without bound':
    '<!DOCTYPE a [<!ENTITY x "xxxx">]><testsuite tests="1"/>',
  'with an unquoted attribute': '<testsuite tests=1/>',
  'nested too deep': `<testsuite tests="1">${'<a>'.repeat(65)}${'</a>'.repeat(65)}</testsuite>`,
};

for (const [what, text] of Object.entries(unreadable)) {
  test(`a report ${what} counts nothing`, () => assert.equal(read(text), null));
}

test('a report that is not UTF-8 counts nothing', () => {
  assert.equal(
    readReport(Uint8Array.from([...Buffer.from('<testsuite tests="1" name="'), 0xff, 0x22, 0x2f, 0x3e])),
    null,
  );
});

test('a prototype can not be reached through an attribute', () => {
  assert.equal(read('<testsuite __proto__="x" tests="1"/>')?.tests, 1);
  assert.equal(Object.hasOwn(Object.prototype, 'tests'), false);
});

test('reports are added up, and one that can not be read spoils the sum', () => {
  const one = { tests: 1, failures: 0, errors: 1, skipped: 0 };
  assert.deepEqual(sumReports([one, one]), { tests: 2, failures: 0, errors: 2, skipped: 0 });
  assert.equal(sumReports([one, null]), null);
  assert.equal(sumReports([]), null);
});

test('whatever arrives, it answers and never throws', () => {
  const piece = fc.constantFrom(
    '<',
    '>',
    '/',
    '"',
    "'",
    '=',
    'testsuite',
    'testsuites',
    ' tests="1"',
    '<!--',
    '-->',
    ' ',
    'a',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void read(pieces.join(''))));
});

test('a megabyte of anything is read at once, not piece by piece again and again', () => {
  const MiB = 1_048_576;
  for (const part of ['<', '<a ', '<a b="', ' ', '<a>', '<!-', '<![CDATA[ ', '<a b="c" ', "<a b='", '</']) {
    assert.equal(read(part.repeat(MiB / part.length)), null);
  }
  assert.equal(read(`<testsuite tests="1" name="${'x'.repeat(MiB)}"/>`)?.tests, 1);
  assert.equal(read(`<testsuite tests="1"><![CDATA[${'x'.repeat(MiB)}]]></testsuite>`)?.tests, 1);
});
