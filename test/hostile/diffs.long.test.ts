/** Every hostile diff of the corpus, and every odd but honest one: the exact answer, and nothing left behind. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, suite, test } from 'node:test';
import { label, type Refused } from '../../orchestrator/outcome.ts';
import { assertNothingLeft, watchProcess } from '../support/invariants.ts';
import { canaries } from './canary.ts';
import { baseOf, bytesOf, type DiffCase, expectedTree, readDiffCases, secretsOf } from './diff-case.ts';
import { judge } from './engine.ts';
import { commitObject, type OracleTree, treeIdOf, treeObjects, writeRepository } from './oracle.ts';
import { openPlace } from './place.ts';

const watch = watchProcess();
const cases = readDiffCases();

suite('hostile diffs', { concurrency: 3 }, () => {
  for (const each of cases) test(`${each.name}: ${each.title}`, () => runCase(each));
});

async function runCase(each: DiffCase): Promise<void> {
  await using place = await openPlace();
  const files = baseOf(each);
  const objects = treeObjects(files);
  const commit = commitObject(objects.at(-1)?.id ?? '');
  await writeRepository(place.gitDir, [...objects, commit], commit.id);
  const before = await place.snapshot();
  const { approved, suffixes } = each;
  const verdict = await judge({
    gitDir: place.gitDir,
    base: commit.id,
    diff: bytesOf(each.diff),
    approved,
    suffixes,
  });
  if (verdict.kind === 'refused') assertRefused(each, verdict);
  else assertAccepted(each, files, verdict);
  for (const path of each.absent) assert.ok(!existsSync(path), `${path} was written`);
  const said = JSON.stringify(verdict);
  for (const secret of secretsOf(each)) assert.ok(!said.includes(secret), 'the answer has a secret of the diff');
  await assertNothingLeft({
    stateDir: { path: place.stateDir, may: ['base.git'] },
    unchanged: before,
    secrets: { texts: [said], canaries },
    process: { watch },
  });
}

after(async () => {
  watch.stop();
  await assertNothingLeft({ process: { watch, megabytes: 512 } });
});

function assertRefused({ expected }: DiffCase, refused: Refused): void {
  const said = label(refused);
  if (!('code' in expected)) assert.fail(`refused as ${said}: ${refused.reason}`);
  assert.ok(
    expected.code.split('|').some((code) => answers(refused, code)),
    `${said}, not ${expected.code}: ${refused.reason}`,
  );
  assert.ok(refused.reason.length > 10, 'a refusal says why');
  // What is shown in a terminal or a log must not steer it.
  assert.doesNotMatch(refused.reason, /[^\P{C}\n\t]/u);
  assert.doesNotMatch(said, /[\p{C}\p{Zl}\p{Zp}]/u);
  const [, path] = /^([^:]+(?::[^:]+)*?)(?::\d+)?$/.exec(refused.detail ?? '') ?? [];
  if (path !== undefined)
    assert.ok(refused.reason.includes(path), `the reason does not name ${path}: ${refused.reason}`);
}

/** `code`, `code:PATH` or `code:PATH:LINE`. Weakened tests are named in the reason, for the code has no part for them. */
function answers(refused: Refused, expected: string): boolean {
  const said = label(refused);
  const [code = '', path] = expected.split(/:(.*)/s);
  if (path === undefined) return refused.code === code;
  if (code === 'tests_weakened' && refused.code === code) return refused.reason.includes(path);
  return said === expected || (said.startsWith(`${expected}:`) && /^\d+$/.test(said.slice(expected.length + 1)));
}

type Accepted = Exclude<Awaited<ReturnType<typeof judge>>, Refused>;

function assertAccepted(each: DiffCase, base: OracleTree, { tree, files, flags }: Accepted): void {
  if (!('files' in each.expected)) assert.fail(`accepted, not ${each.expected.code}`);
  const wanted = expectedTree(each, each.expected.files);
  assert.deepEqual(
    files.map(({ status, path }) => `${status} ${path}`).toSorted(),
    Object.keys(each.expected.files)
      .map((path) => `${statusOf(path, base, wanted)} ${path}`)
      .toSorted(),
  );
  assert.equal(tree, treeIdOf(wanted), 'the tree is another one');
  assertFlags(each.expected.flags, flags);
}

type Flags = Extract<DiffCase['expected'], { files: object }>['flags'];

/** All that a case names are there; where it names none, there is none. */
function assertFlags(wanted: Flags, found: Accepted['flags']): void {
  if (wanted === undefined) return;
  if (wanted.length === 0) assert.deepEqual(found, [], 'no flag was due');
  for (const { flag, path, line } of wanted) {
    const same = found.filter((each) => each.flag === flag && each.path === path);
    assert.ok(
      same.some((each) => line === undefined || each.line === line),
      `no flag ${flag} for ${path}:${line ?? ''}`,
    );
  }
}

function statusOf(path: string, base: OracleTree, wanted: OracleTree): string {
  if (!wanted.has(path)) return 'D';
  return base.has(path) ? 'M' : 'A';
}
