import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GithubFault } from '../support/github-server.ts';
import { inputOf, openOnce, setUp } from '../support/github-asker.ts';

function limit(status: number, headers: Readonly<Record<string, string>>, message = 'limited'): GithubFault {
  return { operation: 'pulls/list', kind: 'status', status, headers, body: { message } };
}

const secondary = 'You have exceeded a secondary rate limit.';
const inAnHour = String(Math.floor(Date.now() / 1_000) + 3_600);
const isFault = { name: 'Fault', code: 'forge_unavailable' };

describe('rate limits of GitHub', { concurrency: true }, () => {
  test('a short wait is waited, by the header, and the pull request is opened', async () => {
    await using github = await setUp();
    github.server.faults.push(limit(429, { 'retry-after': '2' }, secondary));
    github.server.faults.push(limit(403, { 'retry-after': '2' }, secondary));
    assert.equal((await openOnce(github)).kind, 'opened');
    assert.equal(github.server.operations.filter((operation) => operation === 'pulls/list').length, 3);
  });

  test('a limit that does not end is a fault after two waits', async () => {
    await using github = await setUp();
    for (let n = 0; n < 5; n += 1) github.server.faults.push(limit(403, { 'retry-after': '1' }, secondary));
    await assert.rejects(openOnce(github), isFault);
    assert.equal(github.server.operations.length, 3);
  });

  test('an hour’s wait is a fault at once: the job is given back to the queue', async () => {
    const marks: readonly Readonly<Record<string, string>>[] = [
      { 'retry-after': '3600' },
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAnHour },
    ];
    for (const headers of marks) {
      for (const status of [403, 429]) {
        await using github = await setUp();
        github.server.faults.push(limit(status, headers));
        await assert.rejects(openOnce(github), isFault);
        assert.deepEqual(github.server.operations, ['pulls/list']);
      }
    }
  });

  test('a 403 that only its documentation link calls a limit is no refusal of the token', async () => {
    await using github = await setUp();
    const documentation_url = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary';
    const body = { message: 'slow down', documentation_url };
    github.server.faults.push({ operation: 'pulls/list', kind: 'status', status: 403, body });
    await assert.rejects(openOnce(github), isFault);
  });

  test('a job that is cancelled while it waits ends at once, and sends nothing later', async () => {
    await using github = await setUp({ rateLimitSecondMs: 1_000 });
    github.server.faults.push(limit(429, { 'retry-after': '1' }, secondary));
    const cancel = new AbortController();
    const opening = github.forge.openPullRequest(inputOf(github), cancel.signal);
    setTimeout(() => cancel.abort(new Error('cancelled by hand')), 100);
    await assert.rejects(opening, /cancelled by hand/);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    assert.deepEqual(github.server.operations, ['pulls/list']);
  });
});
