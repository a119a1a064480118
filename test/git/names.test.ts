import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { branchRef, checkedId, isBranchName, isObjectId } from '../../orchestrator/git/names.ts';
import { run } from '../../orchestrator/git/run.ts';

test('the names that people give to branches are names', () => {
  for (const name of [
    'main',
    'release/2.0',
    'self-build/0b6e',
    'dependabot/npm/@types/node-24',
    'fix#12',
    'v1.0',
    'a+b=c',
  ]) {
    assert.ok(isBranchName(name), name);
  }
});

test('options, operators of git and invisible characters are no names', () => {
  const wrong = [
    '',
    '-f',
    '--all',
    'a..b',
    'a@{1}',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[',
    'a\\b',
    'a//b',
    '/a',
    'a/',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    'a\n',
    'a\u200b',
    '@',
    'x'.repeat(201),
  ];
  for (const name of wrong) {
    assert.ok(!isBranchName(name), JSON.stringify(name));
    assert.throws(() => branchRef(name), TypeError);
  }
});

test('git takes every name that we take', async () => {
  const name = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._/@+#=,-]{0,12}$/).filter(isBranchName);
  const property = fc.asyncProperty(name, async (text) => {
    const { exitCode } = await run({ args: ['check-ref-format', branchRef(text)], gitDir: '/dev/null' });
    assert.equal(exitCode, 0, text);
  });
  await fc.assert(property, { numRuns: 60 });
});

test('an object id is forty lower-case hex digits', () => {
  assert.ok(isObjectId('0123456789abcdef0123456789abcdef01234567'));
  for (const wrong of [
    '',
    'HEAD',
    'a'.repeat(39),
    'a'.repeat(41),
    'A'.repeat(40),
    `${'a'.repeat(40)}\n`,
    '-'.repeat(40),
    'a'.repeat(64),
  ]) {
    assert.ok(!isObjectId(wrong), wrong);
    assert.throws(() => checkedId(wrong), TypeError);
  }
});
