import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { selfCoding } from '../support/cli.ts';
import { keepServer, testDatabase } from '../support/database.ts';
import { databaseUrl } from '../support/job.ts';

const server: { kept: AsyncDisposable | null } = { kept: null };
before(async () => {
  server.kept = await keepServer();
});
after(() => server.kept?.[Symbol.asyncDispose]());

async function withDatabase(
  work: (run: (...args: readonly string[]) => ReturnType<typeof selfCoding>) => Promise<void>,
): Promise<void> {
  await using database = await testDatabase({ migrated: false });
  const env = { DATABASE_URL: databaseUrl(database.address) };
  await work((...args) => selfCoding(args, { env }));
}

test('with no proposals, list says what to do first', () =>
  withDatabase(async (run) => {
    const { exitCode, stdout } = await run('list');
    assert.equal(exitCode, 0);
    assert.match(stdout, /no proposals yet; write one with: self-coding propose/);
    assert.equal((await run('list', '--json')).stdout, '[]\n');
  }));

test('a proposal is written, listed, shown, and rejected for good', () =>
  withDatabase(async (run) => {
    const { proposalId } = JSON.parse(
      (await run('propose', '--repo', '/srv/x', '--title', 'A title', '--json')).stdout,
    );
    assert.match((await run('list')).stdout, new RegExp(`${proposalId}.*proposed.*A title`));
    const shown = JSON.parse((await run('show', proposalId, '--json')).stdout);
    assert.equal(shown.status, 'proposed');
    assert.match(shown.digest, /^[0-9a-f]{64}$/);
    assert.equal((await run('reject', proposalId, '--as', 'bob', '--reason', 'no')).exitCode, 0);
    const again = await run('approve', proposalId, '--as', 'bob', '--json');
    assert.equal(again.exitCode, 1);
    assert.equal(JSON.parse(again.stdout).code, 'approval_stale');
  }));

test('approving with the engine off keeps the approval and says how to go on', () =>
  withDatabase(async (run) => {
    const { proposalId } = JSON.parse(
      (await run('propose', '--repo', '/srv/x', '--title', 'A title', '--json')).stdout,
    );
    const { exitCode, stdout } = await run('approve', proposalId, '--as', 'bob', '--json');
    assert.equal(exitCode, 1);
    assert.equal(JSON.parse(stdout).code, 'engine_disabled');
    assert.equal(JSON.parse((await run('show', proposalId, '--json')).stdout).status, 'approved');
  }));

test('an approval of another digest than the one shown is refused', () =>
  withDatabase(async (run) => {
    const { proposalId } = JSON.parse(
      (await run('propose', '--repo', '/srv/x', '--title', 'A title', '--json')).stdout,
    );
    const { stdout } = await run('approve', proposalId, '--as', 'bob', '--digest', '0'.repeat(64), '--json');
    assert.equal(JSON.parse(stdout).code, 'approval_stale');
  }));

test('terminal escapes and reversed words are refused, and a character without a glyph of its own is shown escaped', () =>
  withDatabase(async (run) => {
    const bad = await run('propose', '--repo', '/srv/x', '--title', 'a\u001b[2Jb', '--json');
    assert.equal(JSON.parse(bad.stdout).code, 'proposal_invalid');
    const describe = async (text: string) =>
      JSON.parse((await run('propose', '--repo', '/srv/x', '--title', 'T', '--description', text, '--json')).stdout);
    assert.equal((await describe('x\u202ey')).code, 'proposal_invalid');
    const { proposalId } = await describe('x\ue000y');
    assert.match((await run('show', proposalId)).stdout, /x\\u\{e000\}y/);
  }));

test('an id that does not exist is said plainly', () =>
  withDatabase(async (run) => {
    for (const id of ['nothing', '00000000-0000-4000-8000-000000000000']) {
      const { exitCode, stdout } = await run('show', id);
      assert.equal(exitCode, 1);
      assert.match(stdout, /There is no such proposal; see: self-coding list/);
    }
  }));

test('a database that does not answer is a fault: exit code 3', async () => {
  const { exitCode, stderr } = await selfCoding(['list'], {
    env: { DATABASE_URL: 'postgres://u:hunter2-secret@127.0.0.1:9/x' },
  });
  assert.equal(exitCode, 3);
  assert.ok(!stderr.includes('hunter2-secret'));
  assert.match(stderr, /ECONNREFUSED/);
});
