import assert from 'node:assert/strict';
import { mkdtempDisposable, readFile, writeFile, mkdir, cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { readConfig } from '../../orchestrator/config.ts';
import { pathJudge } from '../../orchestrator/inspect/paths.ts';
import {
  parseRepositoryPolicy,
  repositoryPolicySchema,
  tighten,
} from '../../orchestrator/inspect/repository-policy.ts';
import { PolicyError, readPolicies } from '../../orchestrator/policy.ts';
import { schemas } from '../support/schemas.ts';
import { policy, rules } from './given.ts';

const policies = resolve(import.meta.dirname, '../../policies');

function parsed(text: string): string {
  const result = parseRepositoryPolicy(Buffer.from(text));
  return result.kind === 'refused' ? result.code : 'policy';
}

test('the committed schema of .self-coding.json says the same as the code (npm run schemas)', async () => {
  assert.equal(await readFile(join(policies, 'repository.schema.json'), 'utf8'), schemas['repository.schema.json']);
});

test('a file that is not exactly of the form is refused: a rule that can not be read is not taken for none', () => {
  assert.equal(parsed('{"version":1}'), 'policy');
  assert.equal(parsed('{"version":1,"diff":{"protected":["docs/"]}}'), 'policy');
  for (const wrong of [
    '',
    'x',
    '[]',
    '{}',
    '{"version":2}',
    '{"version":1,"extra":1}',
    '{"version":1,"diff":{"blocked":[]}}',
    '{"version":1,"diff":{"open":["package.json"]}}',
    '{"version":1,"diff":{"limits":{"files":-1}}}',
    '{"version":1,"diff":{"limits":{"files":"1"}}}',
  ]) {
    assert.equal(parsed(wrong), 'repo_unsupported', wrong);
  }
  assert.equal(parseRepositoryPolicy(Buffer.from([0x7b, 0xff, 0x7d])).kind, 'refused');
});

test('whatever a repository says, no path that was refused is accepted, and no limit rises', () => {
  const pattern = fc.constantFrom(
    '*',
    '!*',
    '**',
    '!**',
    '!/.github/',
    '!.env',
    '!package.json',
    'src/',
    '!src/',
    '/',
    '!_secure/',
  );
  const path = fc.constantFrom(
    '.env',
    '.github/workflows/x.yml',
    '_secure/a.py',
    'package.json',
    'src/a.py',
    'a.js',
    'README.md',
  );
  const own = fc.record({
    version: fc.constant(1 as const),
    diff: fc.record({
      protected: fc.array(pattern),
      suffixes: fc.option(fc.array(fc.constantFrom('.py', '.js', '.env', '.md')), { nil: undefined }),
      limits: fc.record({
        files: fc.integer({ min: 1, max: 10_000 }),
        diffBytes: fc.integer({ min: 1, max: 16_000_000 }),
      }),
      tests: fc.record({ files: fc.array(pattern) }),
    }),
  });
  fc.assert(
    fc.property(own, path, (given, where) => {
      const tight = tighten(policy, repositoryPolicySchema.parse(given));
      const [before, after] = [policy, tight].map((each) => pathJudge({ ...rules, policy: each })(where));
      if (typeof before !== 'string') assert.notEqual(typeof after, 'string', where);
      assert.ok(tight.limits.files <= policy.limits.files && tight.limits.diffBytes <= policy.limits.diffBytes);
      assert.ok(tight.suffixes.every((suffix) => policy.suffixes.includes(suffix)));
    }),
  );
});

test("a repository's own protection holds even where the operator opens a path, and for what an approval lists", () => {
  const own = repositoryPolicySchema.parse({ version: 1, diff: { protected: ['package.json', 'db/'] } });
  const tight = tighten({ ...policy, open: ['package.json'] }, own);
  const judge = pathJudge({ ...rules, policy: tight, approved: { scope: [], paths: ['package.json', 'db/a.py'] } });
  for (const path of ['package.json', 'db/a.py', 'DB/a.py']) {
    const judgement = judge(path);
    assert.equal(typeof judgement === 'string' ? judgement : judgement.code, 'diff_path_protected', path);
  }
  assert.equal(judge('src/a.py'), 'plain');
});

/** readPolicies with other exceptions in diff.json. */
async function policiesWith(repositories: unknown) {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'self-coding-policies-'));
  await mkdir(join(directory.path, 'policies'));
  await cp(policies, join(directory.path, 'policies'), { recursive: true });
  const file = JSON.parse(await readFile(join(policies, 'diff.json'), 'utf8'));
  await writeFile(join(directory.path, 'policies', 'diff.json'), JSON.stringify({ ...file, repositories }));
  return await readPolicies({ ...readConfig({}), projectRoot: directory.path });
}

test('exceptions are for whole segments of a prefix; the longest that fits counts; what is blocked stays so', async () => {
  const { diffFor } = await policiesWith([
    { prefix: 'https://github.com/acme/', suffixes: ['.ts'] },
    {
      prefix: 'https://GitHub.com/acme/web',
      open: ['tsconfig.json', '.github/', '.env'],
      modes: ['100755'],
      limits: { files: 7 },
    },
  ]);
  assert.deepEqual(diffFor('https://github.com/acme-evil/x').suffixes, policy.suffixes);
  assert.ok(diffFor('https://github.com/acme/api').suffixes.includes('.ts'));
  const web = diffFor('https://github.com/acme/web');
  assert.ok(!web.suffixes.includes('.ts'));
  assert.deepEqual(
    [web.limits.files, web.limits.lineBytes, web.modes],
    [7, policy.limits.lineBytes, ['100644', '100755']],
  );
  const judge = pathJudge({ ...rules, policy: web });
  assert.equal(judge('tsconfig.json'), 'plain');
  assert.equal(judge('.github/x.yml'), 'plain');
  for (const path of ['.env', 'package.json', '.vscode/x.json']) assert.notEqual(typeof judge(path), 'string', path);
});

test('an exception that can not match, or that is for everything, stops the start', async () => {
  for (const prefix of ['github.com/acme', '../x', '/', 'http://example.org/x', 'git@github.com:a/b']) {
    await assert.rejects(policiesWith([{ prefix }]), PolicyError, prefix);
  }
  await assert.rejects(policiesWith([{ prefix: '/srv/x', blocked: [] }]), /blocked/);
});
