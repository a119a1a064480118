import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { nothingMore } from '../../orchestrator/inspect/rules.ts';
import { inspect } from '../../orchestrator/inspect/inspect.ts';
import { fetchRevision, type Revision } from '../../orchestrator/keys/fetch-revision.ts';
import { label } from '../../orchestrator/outcome.ts';
import { readConfig } from '../../orchestrator/config.ts';
import { readPolicies } from '../../orchestrator/policy.ts';
import { makeRepository, type TestRepository } from '../support/repository.ts';

const files = {
  'src/a.py': 'one\ntwo\nthree\n',
  'src/b.py': 'b\n',
  'README.md': 'read me\n',
  'tool.sh': { mode: '100755', content: 'echo\n' },
  'run.py': { mode: '100755', content: 'print(1)\n' },
  link: { mode: '120000', content: 'src/a.py' },
} as const;

const state: { directory: string; repository: TestRepository | null; base: Revision | null } = {
  directory: '',
  repository: null,
  base: null,
};

before(async () => {
  state.directory = await mkdtemp(join(tmpdir(), 'self-coding-inspect-'));
  state.repository = await makeRepository({ files });
  const request = { stateDir: state.directory, repo: state.repository.path, revision: 'main' };
  const base = await fetchRevision(request, new AbortController().signal);
  assert.equal(base.kind, 'revision');
  if (base.kind === 'revision') state.base = base;
});

after(async () => {
  await state.repository?.[Symbol.asyncDispose]();
  await rm(state.directory, { recursive: true, force: true });
});

async function verdict(diff: string | Uint8Array): Promise<string> {
  assert.ok(state.base);
  const policies = await readPolicies(readConfig({}));
  const rules = { policy: policies.diffFor(''), approved: nothingMore, findSecret: () => null };
  const result = await inspect(
    state.base.commit,
    typeof diff === 'string' ? Buffer.from(diff) : diff,
    state.base.git,
    rules,
  );
  return result.kind === 'refused'
    ? label(result)
    : result.files.map(({ status, path }) => `${status} ${path}`).join(', ');
}

const edit = (path: string) => `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-b\n+B\n`;
const add = (path: string, mode = '100644', line = 'x') =>
  `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`;

const cases: readonly [string, string | Uint8Array, string][] = [
  ['a change of an allowed file is accepted', edit('src/b.py'), 'M src/b.py'],
  ['a new file is accepted', add('src/c.py'), 'A src/c.py'],
  [
    'a deletion is accepted',
    'diff --git a/src/b.py b/src/b.py\ndeleted file mode 100644\n--- a/src/b.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n',
    'D src/b.py',
  ],
  ['an empty diff', '', 'diff_empty'],
  ['a line that is written as it was', edit('src/b.py').replace('+B', '+b'), 'diff_empty'],
  ['white space only', ' \n\n', 'diff_empty'],
  ['no diff at all', 'hello\n', 'diff_invalid'],
  ['a truncated hunk', '--- a/src/b.py\n+++ b/src/b.py\n@@ -1,3 +1,3 @@\n-b\n', 'diff_invalid'],
  ['bytes that are no UTF-8', Buffer.from([0x2d, 0xff, 0xfe, 0x0a]), 'diff_invalid'],
  ['a NUL byte', edit('src/b.py').replace('+B', '+\0B'), 'diff_invalid'],
  ['more than a mebibyte', `${edit('src/b.py')}${' x\n'.repeat(400_000)}`, 'diff_too_large'],
  ['a line of 5 MB is too large before anything else', '+'.repeat(5_000_000), 'diff_too_large'],
  ['a long line', edit('src/b.py').replace('+B', `+${'B'.repeat(10_001)}`), 'diff_too_large'],
  ['context that is not there', edit('src/a.py'), 'diff_not_applicable'],
  ['a path outside', '--- a/../evil.py\n+++ b/../evil.py\n@@ -0,0 +1 @@\n+x\n', 'diff_path_invalid:../evil.py'],
  ['a workflow', add('.github/workflows/x.yml'), 'diff_path_protected:.github/workflows/x.yml'],
  [
    'a header that names one file and a body that changes another',
    'diff --git a/src/b.py b/src/b.py\n--- a/src/b.py\n+++ b/.github/workflows/ci.yml\n@@ -1 +1 @@\n-b\n+x\n',
    'diff_path_protected:.github/workflows/ci.yml',
  ],
  ['a secret place', add('_secure/a.py'), 'diff_path_protected:_secure/a.py'],
  ['an environment file', add('.env'), 'diff_path_protected:.env'],
  ['a suffix that is not on the list', add('src/a.js'), 'diff_suffix_not_allowed:src/a.js'],
  [
    'a rename of an allowed file to a forbidden suffix',
    'diff --git a/src/b.py b/src/b.sh\nsimilarity index 100%\nrename from src/b.py\nrename to src/b.sh\n',
    'diff_suffix_not_allowed:src/b.sh',
  ],
  ['an executable', add('src/x.py', '100755'), 'diff_mode_forbidden'],
  ['a set-uid file', add('src/x.py', '104755'), 'diff_mode_forbidden'],
  ['a pipe', add('src/x.py', '010644'), 'diff_mode_forbidden'],
  ['a symbolic link', add('src/x.py', '120000', '/etc/passwd'), 'diff_mode_forbidden'],
  ['a gitlink', add('src/x.py', '160000', `Subproject commit ${'1'.repeat(40)}`), 'diff_mode_forbidden'],
  [
    'a change of a link that exists',
    'diff --git a/link b/link\n--- a/link\n+++ b/link\n@@ -1 +1 @@\n-src/a.py\n\\ No newline at end of file\n+/etc/passwd\n\\ No newline at end of file\n',
    'diff_mode_forbidden:link',
  ],
  [
    'an executable that stays one',
    'diff --git a/run.py b/run.py\n--- a/run.py\n+++ b/run.py\n@@ -1 +1 @@\n-print(1)\n+print(2)\n',
    'M run.py',
  ],
  ['a name that differs in letter case only', add('SRC/a.py'), 'diff_path_collision:SRC/a.py'],
  [
    'a binary patch',
    'diff --git a/x.py b/x.py\nnew file mode 100644\nindex 0000000..1111111\nGIT binary patch\nliteral 1\nIcmZPo00IC2\n\n',
    'diff_binary',
  ],
  ['more than a hundred files', Array.from({ length: 101 }, (_, n) => add(`src/n${n}.py`)).join(''), 'diff_too_large'],
];

for (const [title, diff, expected] of cases) {
  test(`${title}: ${expected}`, async () => assert.equal(await verdict(diff), expected));
}
