import { test } from 'node:test';
import assert from 'node:assert/strict';
import { applyDiff } from '../../orchestrator/git/apply.ts';
import { listChanges } from '../../orchestrator/git/changes.ts';
import { makeRepository } from '../support/repository.ts';
import { applied, base, code, create, edit } from './given-diff.ts';

test('a diff that fits makes the tree that it says, and no other change', async () => {
  assert.deepEqual(await applied(edit('src/a.js') + create('docs/new.md')), [
    'A docs/new.md 100644',
    'M src/a.js 100644',
  ]);
});

test('bytes are kept as they are: carriage returns, no last newline, no conversion by .gitattributes', async () => {
  await using repository = await makeRepository({
    files: { '.gitattributes': '* text eol=lf filter=x ident\n', a: 'x\n' },
  });
  const commit = await repository.git(['rev-parse', 'HEAD']);
  const diff = '--- a/a\n+++ b/a\n@@ -1 +1,2 @@\n x\n+y $Id$\r\n\\ No newline at end of file\n';
  const result = await applyDiff(repository.path, commit, Buffer.from(diff));
  assert.equal(result.kind, 'applied');
  const tree = result.kind === 'applied' ? result.tree : '';
  assert.equal(await repository.git(['cat-file', 'blob', `${tree}:a`]), 'x\ny $Id$');
});

test('D-01 an empty diff is diff_empty', async () => {
  assert.equal(await code(''), 'diff_empty');
  assert.equal(await code(' \r\n\t\n'), 'diff_empty');
});

test('a diff that changes nothing makes the tree of the base', async () => {
  assert.deepEqual(await applied(edit('src/a.js', 'two', 'two')), []);
});

test('prose, HTML and cut-off hunks are diff_invalid, with the line that git names', async () => {
  assert.equal(await code('Here is the fix you asked for.\n'), 'diff_invalid');
  assert.equal(await code('<html><body>502</body></html>\n'), 'diff_invalid');
  const cut = await applied('--- a/src/a.js\n+++ b/src/a.js\n@@ -1,3 +1,4 @@\n one\n+x\n');
  assert.ok('code' in cut);
  assert.equal(cut.code, 'diff_invalid');
  assert.match(cut.reason, /line \d/);
});

test('a hunk whose context is not in the file is diff_not_applicable, and nothing of the diff is applied', async () => {
  const result = await applied(create('docs/new.md') + edit('src/a.js', 'twelve'));
  assert.ok('code' in result);
  assert.equal(result.code, 'diff_not_applicable');
  assert.match(result.reason, /src\/a\.js/);
});

test('a change of a file that is not there is diff_not_applicable', async () => {
  assert.equal(await code(edit('src/missing.js')), 'diff_not_applicable');
});

test('a rename is shown with both of its sides', async () => {
  const diff = 'diff --git a/src/a.js b/src/c.js\nsimilarity index 100%\nrename from src/a.js\nrename to src/c.js\n';
  assert.deepEqual(await applied(diff), ['D src/a.js 000000', 'A src/c.js 100644']);
});

test('two diffs on one repository at once do not meet', async () => {
  await using repository = await makeRepository({ files: base });
  const commit = await repository.git(['rev-parse', 'HEAD']);
  const numbers = Array.from({ length: 12 }, (_, number) => number);
  const results = await Promise.all(
    numbers.map((number) => applyDiff(repository.path, commit, Buffer.from(create(`new/${number}.txt`)))),
  );
  for (const [number, result] of results.entries()) {
    assert.ok(result.kind === 'applied');
    const changes = await listChanges(repository.path, commit, result.tree);
    assert.deepEqual(
      changes.map(({ path }) => path),
      [`new/${number}.txt`],
    );
  }
});

test("git's words in a reason are printable and short", async () => {
  const result = await applied(`--- a/\x1b[2J\n+++ b/\x1b[2J\u202e${'x'.repeat(9000)}\n@@ -1 +1 @@\n-a\n+b\n`);
  assert.ok('code' in result);
  assert.ok(result.reason.length < 5000);
  assert.doesNotMatch(result.reason, /[\p{Cf}\p{Co}]/u);
  assert.ok(!result.reason.includes('\x1b'));
});

test('a diff that takes git too long to apply is diff_not_applicable, and an abort ends it at once', async () => {
  // git looks for the hunk at each of a million places, and finds it to differ only near its end.
  const same = 'x\n'.repeat(1_000_000);
  const lines = 100_000;
  const hunk = `@@ -9,${lines + 2} +9,${lines + 2} @@\n${' x\n'.repeat(lines)}-no such line\n+y\n x\n`;
  await using repository = await makeRepository({ files: { same } });
  const commit = await repository.git(['rev-parse', 'HEAD']);
  const diff = Buffer.from(`--- a/same\n+++ b/same\n${hunk}`);
  const late = await applyDiff(repository.path, commit, diff, { timeoutMs: 3_000 });
  assert.deepEqual([late.kind, 'code' in late && late.code], ['refused', 'diff_not_applicable']);
  assert.match('reason' in late ? late.reason : '', /took too long/);
  const cancelled = applyDiff(repository.path, commit, diff, { signal: AbortSignal.timeout(1_000) });
  await assert.rejects(cancelled, { name: 'Fault', code: 'cancelled' });
});
