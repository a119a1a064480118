/** A small run of the benchmark (`npm run bench:mend`), with its goals as promises. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { makeCommits } from './corpus/commits.ts';
import { openOracle } from './corpus/git.ts';
import { kinds } from './corpus/kinds.ts';
import { pairs, readSource, type Row, singles } from './corpus/rows.ts';
import { openScorer, type Scored } from './corpus/score.ts';

const commits = makeCommits('corpus-test', 24);
const oracle = await openOracle(commits);
after(() => oracle[Symbol.asyncDispose]());
const sources = await Promise.all(commits.map((commit) => readSource(oracle, commit)));

async function scoreAll(rows: readonly Row[]): Promise<readonly Scored[]> {
  const scorer = openScorer(oracle);
  const scored: Scored[] = [];
  for (const row of rows) scored.push(await scorer.score(row));
  return scored;
}

function show({ row, verdict, why }: Scored): string {
  return `${row.commit.id} ${row.kinds.join(' + ')}: ${verdict}, ${why}`;
}

function assertGoals(scored: readonly Scored[], least: number): void {
  assert.deepEqual(scored.filter(({ verdict }) => verdict === 'wrong').map(show), []);
  const refused = scored.filter(({ verdict }) => verdict === 'refused');
  assert.ok(refused.length <= scored.length * (1 - least), refused.map(show).join('\n'));
}

test('every kind of damage can happen to some commit', () => {
  const found = new Set(singles(sources, kinds, false).flatMap((row) => row.kinds));
  assert.deepEqual(
    kinds.map(({ name }) => name).filter((name) => !found.has(name)),
    [],
  );
});

test('of what one kind of damage leaves determined, no tree is wrong and at least 98 % are right', async () => {
  const rows = singles(sources, kinds, false).filter((row) => row.determined);
  assert.ok(rows.length > 400, String(rows.length));
  assertGoals(await scoreAll(rows), 0.98);
});

test('of what two kinds leave determined, no tree is wrong and at least 97 % are right', async () => {
  const rows = pairs(sources, kinds, 1, false).filter((row) => row.determined);
  assert.ok(rows.length > 200, String(rows.length));
  assertGoals(await scoreAll(rows), 0.97);
});

test('of what leaves it open no tree is wrong, and a text that says another change makes that change or none', async () => {
  const rows = [...singles(sources, kinds, false), ...pairs(sources, kinds, 1, false)].filter((row) => !row.determined);
  assert.ok(rows.length > 20, String(rows.length));
  assertGoals(await scoreAll(rows), 0);
});

test('with the checksums of git in the text no tree is wrong either', async () => {
  const rows = pairs(sources, kinds, 1, true).filter((row) => row.determined);
  assertGoals(await scoreAll(rows), 0.97);
});
