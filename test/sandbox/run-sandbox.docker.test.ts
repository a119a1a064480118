import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { makeRepository, type Files } from '../support/repository.ts';
import { openSandboxes, packFiles } from '../support/sandbox-fixture.ts';
import { watching } from '../support/sandbox-orders.ts';

const files: Files = {
  'calc.py': 'def add(a, b):\n    return a - b\n',
  'tests/test_calc.py':
    'import sys\nsys.path.insert(0, ".")\nfrom calc import add\n\ndef test_add():\n    assert add(1, 2) == 3\n\ndef test_zero():\n    assert add(0, 0) == 0\n',
  'run.sh': { mode: '100755', content: '#!/bin/sh\necho ran\n' },
  link: { mode: '120000', content: 'calc.py' },
  // Attributes that would change bytes on their way into a work tree, or hide a text file from the patch.
  '.gitattributes': '*.txt text eol=crlf\n*.id ident\n*.py -diff\n*.x filter=evil\n',
  'lines.txt': 'one\ntwo\n',
  'crlf.txt': 'one\r\ntwo\r\n',
  'keyword.id': '$Id$\n',
  'filtered.x': 'as it is\n',
};
const fix = `diff --git a/calc.py b/calc.py
--- a/calc.py
+++ b/calc.py
@@ -1,2 +1,2 @@
 def add(a, b):
-    return a - b
+    return a + b
`;

const sandboxes = await openSandboxes({ files });
after(() => sandboxes[Symbol.asyncDispose]());
const { runner, run, order, parcel } = sandboxes;

test('failing tests: exit code, counts and log come back, with the untouched tree', async () => {
  const result = await run('python3 -m pytest -q tests');
  assert.deepEqual([result.end, result.exitCode], ['exited', 1]);
  assert.deepEqual(result.report, { tests: 2, failures: 1, errors: 0, skipped: 0 });
  assert.match(result.text, /1 failed, 1 passed/);
  assert.equal(result.bundle?.manifest.base, parcel.base);
  assert.equal(result.bundle?.manifest.tree, parcel.tree);
  assert.equal(result.bundle?.patch.byteLength, 0);
  assert.match(result.bundle?.manifest.tools['git'] ?? '', /^2\./);
});

test('a diff is applied before the tests; tree and patch are those that git makes outside', async () => {
  await using repository = await makeRepository({ files });
  await repository.git(['read-tree', 'main']);
  await repository.git(['apply', '--cached', '-'], fix);
  const tree = await repository.git(['write-tree']);
  const result = await run('python3 -m pytest -q tests', { diff: Buffer.from(fix), role: 'patched' });
  assert.equal(result.exitCode, 0);
  assert.deepEqual(result.report, { tests: 2, failures: 0, errors: 0, skipped: 0 });
  assert.equal(result.bundle?.manifest.tree, tree);
  const patch = Buffer.from(result.bundle?.patch ?? []).toString();
  await repository.git(['read-tree', 'main']);
  await repository.git(['apply', '--cached', '-'], patch);
  assert.equal(await repository.git(['write-tree']), tree);
  // Whole ids, and text although the repository's attributes call it binary.
  assert.match(patch, /^index [0-9a-f]{40}\.\.[0-9a-f]{40} 100644$/m);
  assert.match(patch, /^\+    return a \+ b$/m);
});

test('no attribute of the repository changes a byte of the work tree', async () => {
  const { text } = await run(
    'od -c lines.txt | head -1; od -c crlf.txt | head -1; cat keyword.id filtered.x; git status --short',
  );
  assert.match(text, /o +n +e +\\n +t +w +o +\\n/);
  assert.match(text, /o +n +e +\\r +\\n/);
  assert.match(text, /\$Id\$\nas it is\n$/);
});

test('file modes and links are as in the tree', async () => {
  const { text, exitCode } = await run('./run.sh && test ! -x calc.py && readlink link');
  assert.deepEqual([text, exitCode], ['ran\ncalc.py\n', 0]);
});

test('there is one commit, and no history, remote, reflog, hook or other branch to mine (T24)', async () => {
  const { text } = await run(
    'git log --all --format=%s | wc -l; git remote | wc -l; git reflog --all | wc -l; ls .git/hooks 2>/dev/null | wc -l; git cat-file --batch-all-objects --batch-check | grep -c commit',
  );
  assert.equal(text.replaceAll(' ', ''), '1\n0\n0\n0\n1\n');
});

test('a command that does not exist ends with 127, one that may not be run with 126, no tests with 5', async () => {
  assert.equal((await run('no-such-command')).exitCode, 127);
  assert.equal((await run('./calc.py')).exitCode, 126);
  const none = await run('python3 -m pytest -q tests -k nothing');
  assert.equal(none.exitCode, 5);
  assert.equal(none.report?.tests, 0);
});

test('a command may have several lines, quotes and pipes', async () => {
  const { text } = await run(`set -e\nfor i in 1 2; do\n  echo "line $i" | tr a-z A-Z\ndone\n# the end`);
  assert.equal(text, 'LINE 1\nLINE 2\n');
});

test('without a test command the diff is applied and exported, and nothing runs', async () => {
  const result = await runner.run(order({ testCommand: null, diff: Buffer.from(fix) }), watching());
  assert.ok(result.kind === 'ran');
  assert.deepEqual([result.end, result.exitCode, result.log.totalBytes, result.report], ['exited', 0, 0, null]);
  assert.notEqual(result.bundle?.manifest.tree, parcel.tree);
});

test('a diff that does not apply, or a pack that is none, ends before anything runs', async () => {
  for (const changes of [{ diff: Buffer.from(fix.replace('a - b', 'a * b')) }, { pack: Buffer.from('PACK') }]) {
    const watch = watching();
    const result = await runner.run(order({ testCommand: 'echo it ran', ...changes }), watch);
    assert.equal(result.kind === 'refused' && result.code, 'bundle_missing');
    assert.doesNotMatch(watch.text(), /it ran/);
  }
});

test('the log arrives while the tests run, stdout and stderr in one', async () => {
  const watch = watching();
  const result = runner.run(order({ testCommand: 'echo out; echo err >&2; exec sleep 600' }), watch);
  await watch.seen('err\n');
  assert.equal(watch.text(), 'out\nerr\n');
  watch.abort(new Error('seen enough'));
  await assert.rejects(result, /seen enough/);
});

test('a base that is not in its pack ends before anything runs', async () => {
  const result = await runner.run(order({ base: 'a'.repeat(64), testCommand: 'echo it ran' }), watching());
  assert.equal(result.kind === 'refused' && result.code, 'bundle_missing');
});

test('a repository of 20 MB goes through', async () => {
  const noise = Uint8Array.from({ length: 20_000_000 }, (_, i) => (i * 2_654_435_761) >>> 11);
  const big = await packFiles({ 'noise.bin': noise });
  const { text } = await run('wc -c < noise.bin', big);
  assert.equal(text, '20000000\n');
});
