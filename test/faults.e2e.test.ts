/** Things that break in the middle of a job. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerWith, openJobBench } from './support/job.ts';
import { ownPostgres } from './support/postgres.ts';

test('a database that goes away in mid-job and comes back: the job still ends with one pull request', async () => {
  await using postgres = await ownPostgres();
  const outage = { happened: false };
  await using bench = await openJobBench({
    address: postgres.address,
    script: async () => {
      if (!outage.happened) {
        outage.happened = true;
        await postgres.stop();
        setTimeout(() => void postgres.start(), 3000);
      }
      return answerWith('42');
    },
  });
  const result = await bench.run();
  assert.ok(outage.happened);
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  assert.equal(
    await bench.repository.git(['for-each-ref', '--format=%(objectname)', 'refs/heads/self-build']),
    result.commit,
  );
});

test('a model that limits the rate three times: the queue delivers the job again, and it goes well', async () => {
  const limited = { kind: 'status', status: 429, retryAfter: '0' } as const;
  await using bench = await openJobBench({ script: [limited, limited, limited, answerWith('42')] });
  const result = await bench.run();
  assert.equal(result.status, 'pr_opened', result.reason ?? '');
  assert.equal(bench.stages.filter((stage) => stage === 'admit').length, 2);
});

test('half an answer in every try: model_output_invalid', async () => {
  await using bench = await openJobBench({ script: [{ kind: 'half_body' }], env: { SELF_CODING_MAX_ATTEMPTS: '1' } });
  const result = await bench.run();
  assert.equal(result.code, 'model_output_invalid', result.reason ?? '');
});
