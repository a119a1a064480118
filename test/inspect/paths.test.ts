import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { pathJudge } from '../../orchestrator/inspect/paths.ts';
import { diffPolicySchema, policyWith } from '../../orchestrator/inspect/policy.ts';
import { nothingMore } from '../../orchestrator/inspect/rules.ts';

const file = readFileSync(resolve(import.meta.dirname, '../../policies/diff.json'), 'utf8');
const suffixes = ['.py', '.md', '.txt', '.json', '.yml', '.yaml'];
const policy = policyWith(diffPolicySchema.parse(JSON.parse(file)), suffixes, null);
const judge = pathJudge({ policy, approved: nothingMore, findSecret: () => null });

function codeOf(path: string): string | null {
  const judgement = judge(path);
  return typeof judgement === 'string' ? null : judgement.code;
}

const expected: Readonly<Record<string, readonly string[]>> = {
  accepted: [
    'src/a.py',
    'README.md',
    'docs/über uns.md',
    'a/b/c/d.json',
    'tests/test_a.py',
    'src/[id].yml',
    'notes~.txt',
  ],
  diff_path_protected: [
    '.env',
    'sub/.env',
    '.ENV',
    'BrainOps.env',
    'brainops.ENV',
    '_secure/a.py',
    'x/_SECURE/a.py',
    'x/_ｓｅｃｕｒｅ/a.py',
    '.github/workflows/x.yml',
    'sub/.github/x.yml',
    '.gitattributes',
    'sub/.gitattributes',
    '.gitmodules',
    '.npmrc',
    'a/.npmrc',
    'CODEOWNERS',
    'docs/codeowners',
    '.gitlab-ci.yml',
    '.husky/pre-commit',
    '.githooks/x',
    '.vscode/tasks.json',
    '.devcontainer/x.json',
    'AGENTS.md',
    'CLAUDE.md',
    'a/claude.md',
    '.cursor/rules.md',
    '.mcp.json',
    'package.json',
    'a/package.json',
    'package-lock.json',
    'pyproject.toml',
    'conftest.py',
    'tests/conftest.py',
    'Dockerfile',
    '.anything',
    'requirements-dev.txt',
    'docker-compose.prod.yml',
    'Makefile',
  ],
  diff_path_invalid: [
    '../x.py',
    'a/../b.py',
    './a.py',
    'a//b.py',
    'a/',
    '/a.py',
    '.git/config',
    '.GIT/config',
    'a/.git/x.py',
    'GIT~1/config',
    '.git /x',
    '.git\\x',
    '.g\u200cit/config',
    'a\u202e.py',
    'a\n.py',
    'a\x1b.py',
    '-rf.py',
    'a/--flag.py',
    'C:/x.py',
    'x:y.py',
    'aux.py',
    'con',
    'a./x.py',
    'a /x.py',
    'x.py ',
    `${'x'.repeat(101)}.py`,
    `${'x/'.repeat(250)}a.py`,
    'a\u3164.py\u{e0041}',
  ],
  diff_suffix_not_allowed: ['a.js', 'LICENSE', 'a.PY', 'a.py.sh', 'py'],
};

for (const [code, paths] of Object.entries(expected)) {
  test(`paths that are ${code}`, () => {
    for (const path of paths) assert.equal(codeOf(path) ?? 'accepted', code, JSON.stringify(path));
  });
}

test('no spelling of .git or a blocked name in any letter case passes', () => {
  const names = fc.constantFrom(
    '.git/config.md',
    '.env',
    'BrainOps.env',
    '_secure/a.md',
    '.github/a.md',
    'package.json',
  );
  const cased = fc.tuple(names, fc.infiniteStream(fc.boolean())).map(([name, upper]) => {
    const flips = upper[Symbol.iterator]();
    return Array.from(name, (char) => (flips.next().value === true ? char.toUpperCase() : char.toLowerCase())).join('');
  });
  fc.assert(fc.property(cased, (path) => assert.notEqual(codeOf(path), null, path)));
});

test('whatever the path, the answer is a code or null, never a crash', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (path) => assert.doesNotThrow(() => codeOf(path))),
  );
});
