/** What an approval and a repository's own policy make of a job, on real parts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adding, answerWith, assertNothingPublished, openJobBench, questionFiles } from './support/job.ts';

test('a change outside of the approved scope: diff_path_out_of_scope, and nothing is run', async () => {
  await using bench = await openJobBench();
  const result = await bench.run({ scope: ['docs/'] });
  assert.equal(result.code, 'diff_path_out_of_scope:src/question.py', result.reason ?? '');
  assert.ok(!bench.stages.includes('prove'));
  await assertNothingPublished(bench, result);
});

test('a guarded file is opened by the approval that lists it, and the pull request says so', async () => {
  const both = answerWith('42') + adding('requirements.txt', 'six==1.17.0');
  await using bench = await openJobBench({ script: [both, both] });
  assert.equal((await bench.run()).code, 'diff_path_protected:requirements.txt');
  const result = await bench.run({ allowPath: ['requirements.txt'] });
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  const row = await bench.db
    .selectFrom('ai_self_builds')
    .select('evidence')
    .where('pr_number', 'is not', null)
    .execute();
  assert.deepEqual(row[0]?.evidence?.flags, [{ flag: 'guarded', path: 'requirements.txt', line: null }]);
});

test("a repository's own policy that can not be read: repo_unsupported before the model is asked", async () => {
  await using bench = await openJobBench({ files: { ...questionFiles, '.self-coding.json': '{' } });
  const result = await bench.run();
  assert.equal(result.code, 'repo_unsupported', result.reason ?? '');
  assert.equal(bench.model.requests.length, 0);
});
