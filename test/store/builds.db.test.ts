import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { sql } from 'kysely';
import { Fault } from '../../orchestrator/outcome.ts';
import type { BuildProgress, Delivery, Ending } from '../../orchestrator/ports/proposal.ts';
import { createProposals } from '../../orchestrator/store/create-proposals.ts';
import { history } from '../../orchestrator/store/events.ts';
import { latestBuild, listBuilds } from '../../orchestrator/store/find-build.ts';
import { findProposal } from '../../orchestrator/store/proposals.ts';
import { verifyChain } from '../../orchestrator/store/verify-chain.ts';
import { testDatabase } from '../support/database.ts';
import { ignoreDead, proposalAt, queuedProposal, testQueue, unknownDelivery } from './given.ts';

const database = await testDatabase();
after(() => database[Symbol.asyncDispose]());
const { db } = database;
const proposals = createProposals(db);
const lost = (error: unknown) => error instanceof Fault && error.code === 'lease_lost';

const known: BuildProgress = {
  stage: 'publish',
  baseCommit: 'a'.repeat(40),
  tree: 'b'.repeat(40),
  branch: 'self-build/1',
  commit: 'c'.repeat(40),
  bundleDigest: 'd'.repeat(64),
  pullRequest: { number: 7, url: 'https://forge.example/pull/7', draft: true },
  evidence: {
    base: null,
    patched: { exitCode: 0, end: 'exited', report: null, durationMs: 12, log: 'ok \0 \uDC00' },
    image: 'sha256:1',
    runtime: 'runc',
    rounds: [{ tree: 'b'.repeat(40), failure: null }],
    flags: [{ flag: 'network', path: 'src/a.py', line: 3 }],
  },
  usage: { requests: 1, promptTokens: 10, completionTokens: 5 },
  timingsMs: { draft: 120 },
};

/** Runs `job` as the first delivery of a new proposal; `retry` sends it round once more first. */
async function asDelivery(job: (delivery: Delivery) => Promise<void>, retry = false): Promise<string> {
  await using queue = await testQueue(database);
  const { id } = await queuedProposal(db, queue);
  const done = Promise.withResolvers<void>();
  await queue.work({ concurrency: 1, onDead: ignoreDead }, async (delivery) => {
    if (retry && delivery.attempt === 0) {
      await proposals.progress(delivery, { stage: 'fetch', baseCommit: 'e'.repeat(40), tree: 'f'.repeat(40) });
      throw new Fault('forge_unavailable', 'forge', 'once more');
    }
    await job(delivery).then(done.resolve, done.reject);
  });
  await done.promise;
  return id;
}

test('what a delivery knows is written bit by bit, and read back as it was', async () => {
  const id = await asDelivery(async (delivery) => {
    assert.equal(await proposals.earlier(delivery), null);
    await proposals.progress(delivery, { stage: 'admit' });
    const { stage, ...rest } = known;
    for (const [name, value] of Object.entries(rest)) await proposals.progress(delivery, { [name]: value });
    await proposals.progress(delivery, { ...(stage !== undefined && { stage }) });
  });
  const build = await latestBuild(db, id);
  const { evidence, ...plain } = known;
  assert.deepEqual({ ...build, ...plain }, build);
  assert.equal(build?.evidence?.patched?.log, 'ok \uFFFD \uFFFD', 'without what Postgres cannot hold');
  assert.deepEqual(build?.evidence?.rounds, evidence?.rounds);
  assert.deepEqual([build?.attempt, build?.ending, build?.endedAt], [0, null, null]);
  assert.equal(await latestBuild(db, 'no-uuid'), null);
});

test('a later delivery is told what the earlier ones had written down', async () => {
  const id = await asDelivery(async (delivery) => {
    await proposals.progress(delivery, { stage: 'draft' });
    const earlier = await proposals.earlier(delivery);
    assert.deepEqual(earlier, { stage: 'fetch', baseCommit: 'e'.repeat(40), tree: 'f'.repeat(40) });
    assert.deepEqual(await proposals.earlier({ ...delivery, attempt: 2 }), { ...earlier, stage: 'draft' });
  }, true);
  assert.deepEqual(
    (await listBuilds(db, id)).map(({ attempt }) => attempt),
    [1, 0],
  );
});

const endings: readonly Ending[] = [
  { status: 'self_build_completed', failure: null, auditNote: 'branch self-build/1, commit c0ffee' },
  { status: 'pr_opened', failure: null, auditNote: 'pull request 7' },
  { status: 'self_build_failed', failure: 'diff_path_invalid:a\0b\n"\uD800', auditNote: 'two\nlines \0' },
];

for (const ending of endings) {
  test(`the ending ${ending.status} is written once, however often it is told`, async () => {
    const id = await asDelivery(async (delivery) => {
      await proposals.end(delivery, ending);
      await proposals.end(delivery, ending);
      await Promise.all([proposals.end(delivery, ending), proposals.end({ ...delivery, attempt: 5 }, ending)]);
      const other = { ...ending, status: 'self_build_failed', failure: 'tests_failed' } as const;
      await assert.rejects(proposals.end(delivery, other), lost, 'another ending comes too late');
      await assert.rejects(proposals.progress(delivery, { stage: 'prove' }), lost, 'and so does progress');
    });
    const ended = await findProposal(db, id);
    const failure = ending.failure === null ? null : 'diff_path_invalid:a\uFFFDb\n"\uFFFD';
    assert.deepEqual([ended?.status, ended?.failure], [ending.status, failure]);
    assert.ok(ended?.auditNote !== undefined && !ended.auditNote?.includes('\n'), 'the note is one line');
    const moves = (await history(db, id)).slice(3).map(({ actor, to }) => `${actor}: ${to}`);
    const opened = ['engine: self_build_completed', 'engine: pr_opened'];
    assert.deepEqual(moves, ending.status === 'pr_opened' ? opened : [`engine: ${ending.status}`]);
    const build = await latestBuild(db, id);
    assert.deepEqual([build?.stage, build?.ending, build?.failure], ['record', ending.status, failure]);
    assert.ok(build?.endedAt instanceof Date);
  });
}

test('a delivery that slept past its expiry writes nothing once another one is at work', async () => {
  await using queue = await testQueue(database, { timeoutSeconds: 1 });
  const { id } = await queuedProposal(db, queue);
  const second = Promise.withResolvers<void>();
  const first = Promise.withResolvers<void>();
  await queue.work({ concurrency: 2, onDead: ignoreDead }, async (delivery, signal) => {
    if (delivery.attempt === 1) {
      await proposals.progress(delivery, { stage: 'draft' });
      second.resolve();
      await first.promise;
      await proposals.end(delivery, { status: 'self_build_completed', failure: null, auditNote: 'by the second' });
      return;
    }
    await second.promise;
    assert.ok(signal.aborted, 'it was told');
    const late = { status: 'self_build_failed', failure: 'tests_failed', auditNote: 'late' } as const;
    const outcomes = await Promise.allSettled([
      proposals.end(delivery, late),
      proposals.progress(delivery, { stage: 'prove' }),
    ]);
    const codes = outcomes.map((outcome) => outcome.status === 'rejected' && lost(outcome.reason));
    assert.deepEqual(codes, [true, true]);
    first.resolve();
  });
  await first.promise;
  while ((await findProposal(db, id))?.status === 'queued_for_self_build') {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.equal((await findProposal(db, id))?.auditNote, 'by the second');
});

test('a delivery that the queue knows nothing of writes nothing', async () => {
  const { id } = await proposalAt(db, 'queued_for_self_build');
  // The queue's tables are there, but not this job.
  await using _ = await testQueue(database, { role: 'sender' });
  const delivery = unknownDelivery(id);
  await assert.rejects(proposals.progress(delivery, { stage: 'admit' }), lost);
  const ending = { status: 'pr_opened', failure: null, auditNote: 'x' } as const;
  await assert.rejects(proposals.end(delivery, ending), lost);
  assert.equal((await findProposal(db, id))?.status, 'queued_for_self_build');
  assert.equal(await latestBuild(db, id), null);
});

test('the view shows the jobs, and refuses to be written to', async () => {
  const id = await asDelivery(async () => undefined);
  const where = sql<boolean>`payload ->> 'proposalId' = ${id}`;
  while (
    (await db.selectFrom('ai_task_queue').select('status').where(where).executeTakeFirst())?.status === 'running'
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const row = await db.selectFrom('ai_task_queue').selectAll().where(where).executeTakeFirstOrThrow();
  assert.deepEqual(
    [row.task_type, row.status, row.attempts, row.max_attempts, row.error],
    ['self_build', 'completed', 1, 3, null],
  );
  assert.ok(row.started_at instanceof Date && row.completed_at instanceof Date && row.created_at <= row.started_at);
  const refused = { code: 'SC004', hint: /self-coding approve/ };
  await assert.rejects(sql`insert into ai_task_queue (task_type) values ('self_build')`.execute(db), refused);
  await assert.rejects(sql`update ai_task_queue set status = 'queued'`.execute(db), refused);
  await assert.rejects(sql`update ai_task_queue set status = 'queued' where false`.execute(db), refused);
  await assert.rejects(sql`delete from ai_task_queue`.execute(db), refused);
});

test('after all of this the audit chain is intact', async () => {
  assert.equal((await verifyChain(db)).kind, 'intact');
});
