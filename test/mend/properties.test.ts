/** What must hold for any change and any damage, with real git as the judge. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mend } from '../../orchestrator/mend/mend.ts';
import { makeCommits } from './corpus/commits.ts';
import { openOracle } from './corpus/git.ts';
import { kinds } from './corpus/kinds.ts';
import { makeRow, readSource } from './corpus/rows.ts';
import { openScorer, readerOf } from './corpus/score.ts';

const seeds = fc.integer({ min: 0, max: 1_000_000 });

test('mending a well-formed diff changes nothing: same tree, no repairs, and mending it again gives the same bytes', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const commits = makeCommits(`well-formed-${seed}`, 4);
      await using oracle = await openOracle(commits);
      for (const commit of commits) {
        const { diffs } = await readSource(oracle, commit);
        for (const diff of [diffs[3], diffs[1]]) {
          const text = Buffer.from(diff, 'latin1');
          // What is no UTF-8 can't be a model's answer.
          if (!text.equals(Buffer.from(text.toString()))) continue;
          const once = await mend(text.toString(), readerOf(commit));
          assert.ok(once.kind === 'mended', once.kind === 'refused' ? once.reason : '');
          assert.deepEqual(once.repairs, []);
          const { base, intended } = oracle.trees(commit);
          assert.equal(await oracle.apply(base, once.diff), intended);
          const twice = await mend(Buffer.from(once.diff).toString(), readerOf(commit));
          assert.deepEqual(twice.kind === 'mended' ? Buffer.from(twice.diff) : twice.reason, Buffer.from(once.diff));
        }
      }
    }),
    { numRuns: 6, endOnFailure: true },
  );
});

test('whatever two kinds of damage do to whatever change, what comes out is the change that was meant or a refusal', async () => {
  const pair = fc.tuple(fc.nat(kinds.length - 1), fc.nat(kinds.length - 1)).filter(([a, b]) => a < b);
  await fc.assert(
    fc.asyncProperty(
      seeds,
      fc.array(pair, { minLength: 12, maxLength: 12 }),
      fc.boolean(),
      async (seed, pairs, keep) => {
        const commits = makeCommits(`damaged-${seed}`, 4);
        await using oracle = await openOracle(commits);
        const scorer = openScorer(oracle);
        for (const commit of commits) {
          const source = await readSource(oracle, commit);
          for (const [a, b] of pairs) {
            const chosen = kinds.filter((_, at) => at === a || at === b);
            const row = chosen[0]?.group === chosen[1]?.group ? null : makeRow(source, chosen, keep);
            const scored = row?.determined === true ? await scorer.score(row) : null;
            assert.notEqual(scored?.verdict, 'wrong', `${commit.id}: ${row?.kinds.join(' + ')}`);
          }
        }
      },
    ),
    { numRuns: 8, endOnFailure: true },
  );
});
