/**
 * Spoiled diffs: what `inspect` takes must be exactly what plain `git apply` makes of them in a work tree, and never more
 * than policy allows. `node test/hostile/fuzz.long.test.ts INPUTS SEED` for longer runs.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { describe, type Refused } from '../../orchestrator/outcome.ts';
import { assertNothingLeft, watchProcess } from '../support/invariants.ts';
import { openJudge } from './engine.ts';
import { fuzzBase, validDiff } from './fuzz-base.ts';
import { mutate, mutations } from './fuzz-mutations.ts';
import { commitObject, type OracleTree, treeIdOf, treeObjects, writeRepository } from './oracle.ts';
import { openPlace } from './place.ts';
import { changedPaths, openWorkTree, type WorkTree } from './work-tree.ts';

const [inputs = 1500, seed = 20_261_125] = process.argv.slice(2).map(Number);
const watch = watchProcess();
after(() => watch.stop());

/** Written down here once more, and by other means than policy's own patterns. */
const forbidden =
  /(?:^|\/)(?:\.git[^/]*|\.env|_secure|\.\.?|git~\d|conftest\.py|package\.json|yarn\.lock|codeowners)(?:\/|$)|^\.|[^\p{L}\p{N} ./_-]|[ .](?:\/|$)|(?:^|\/)con\./iu;

interface Counts {
  tried: number;
  byGit: number;
  accepted: number;
  /** The diff (base64) and what was wrong, by the first line of that. */
  readonly failures: Map<string, string>;
}

test(`${inputs} spoiled diffs: never a path less than git really changes`, async (context) => {
  await using place = await openPlace();
  const objects = treeObjects(fuzzBase);
  const commit = commitObject(objects.at(-1)?.id ?? '');
  await writeRepository(place.gitDir, [...objects, commit], commit.id);
  const before = await place.snapshot();
  const diffs = fc.sample(fc.tuple(validDiff, mutations), { numRuns: inputs, seed });
  const waiting = diffs.map(([diff, steps]) => mutate(diff, steps)).values();
  const counts: Counts = { tried: 0, byGit: 0, accepted: 0, failures: new Map() };
  await Promise.all(Array.from({ length: 3 }, () => work(waiting, counts, place)));
  context.diagnostic(`${counts.tried} tried, ${counts.byGit} taken by git, ${counts.accepted} accepted by inspect`);
  assert.deepEqual([...counts.failures.values()], []);
  assert.ok(counts.byGit >= counts.tried / 4, `git took only ${counts.byGit} of ${counts.tried}`);
  assert.ok(counts.accepted >= counts.tried / 20, `inspect accepted only ${counts.accepted} of ${counts.tried}`);
  const stateDir = { path: place.stateDir, may: ['base.git', 'git'] };
  await assertNothingLeft({ stateDir, unchanged: before, process: { watch, megabytes: 384 } });
});

type Place = Awaited<ReturnType<typeof openPlace>>;

/** Each with a work tree and a trial of its own. */
async function work(waiting: Iterator<Uint8Array> & Iterable<Uint8Array>, counts: Counts, place: Place): Promise<void> {
  await using tree = await openWorkTree(fuzzBase);
  const opened = await openJudge(place.stateDir, place.gitDir);
  if (opened.kind === 'refused') throw new Error(opened.reason);
  await using judge = opened;
  for (const diff of waiting) {
    try {
      await compare(diff, counts, { tree, judge });
    } catch (error) {
      const first = describe(error)
        .replace(/(?:error: .*\n)+/, '')
        .slice(0, 60);
      counts.failures.set(first, `${Buffer.from(diff).toString('base64')}: ${describe(error)}`);
    }
  }
}

interface Bench {
  readonly tree: WorkTree;
  readonly judge: Exclude<Awaited<ReturnType<typeof openJudge>>, Refused>;
}

async function compare(diff: Uint8Array, counts: Counts, { tree, judge }: Bench): Promise<void> {
  counts.tried += 1;
  const made = await tree.apply(diff);
  if (made !== null) counts.byGit += 1;
  const verdict = await judge.judge(diff);
  if (verdict.kind === 'refused') {
    assert.ok(verdict.reason !== '');
    return;
  }
  counts.accepted += 1;
  if (made === null) assert.fail('inspect accepts what plain git refuses');
  assertSame(verdict, made);
  for (const { path } of verdict.files) {
    assert.doesNotMatch(path, forbidden);
    const [was, now = '100644'] = [fuzzBase.get(path)?.mode, made.get(path)?.mode];
    assert.ok(now === '100644' || (now === '100755' && was === now), `${path} has mode ${now}`);
  }
}

function assertSame(
  verdict: { readonly tree: string; readonly files: readonly { readonly path: string }[] },
  made: OracleTree,
): void {
  const judged = verdict.files.map(({ path }) => path).toSorted();
  assert.deepEqual(judged, changedPaths(fuzzBase, made).toSorted());
  assert.equal(verdict.tree, treeIdOf(made), 'the tree is another one than what git wrote');
}
