/** Engine and runner as processes of their own, over 50 jobs: what they weigh, and that it does not grow. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { approve } from '../orchestrator/gate/approve.ts';
import { propose } from '../orchestrator/gate/propose.ts';
import { readConfig } from '../orchestrator/config.ts';
import { termsOf } from '../orchestrator/engine.ts';
import { readPolicies } from '../orchestrator/policy.ts';
import { listProposals } from '../orchestrator/store/proposals.ts';
import { createQueue } from '../orchestrator/store/queue.ts';
import { answerWith, type JobBench, openJobBench } from './support/job.ts';

const jobs = 50;
const launcher = resolve(import.meta.dirname, '../orchestrator/launch.mjs');
const main = resolve(import.meta.dirname, '../orchestrator/main.ts');

interface Process extends AsyncDisposable {
  /** Resident memory, MiB. */
  readonly weigh: () => Promise<number>;
}

/** Starts `self-coding ARGS` and returns when it says that it serves or listens. */
async function start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Process> {
  const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const child = spawn(process.execPath, [launcher, main, ...args], {
    env: { PATH: path, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail(`${args.join(' ')} ended at once`))]);
  return {
    weigh: async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function queueJobs({ db, env }: JobBench, count: number): Promise<void> {
  const config = readConfig(env);
  const terms = termsOf(config, await readPolicies(config));
  await using queue = await createQueue({
    address: env['DATABASE_URL'] ?? '',
    role: 'sender',
    timeoutSeconds: 900,
    onError: () => undefined,
  });
  for (let n = 1; n <= count; n += 1) {
    const repo = env['SELF_CODING_ALLOWED_REPO_PREFIXES'] ?? '';
    const proposed = await propose(db, {
      title: `Job ${n}`,
      repo,
      baseBranch: 'main',
      testCommand: 'grep -q 42 src/question.py',
      proposedBy: 'test',
    });
    assert.equal(proposed.kind, 'proposed');
    if (proposed.kind !== 'proposed') continue;
    await approve(
      { db, queue },
      { proposalId: proposed.proposal.id, by: 'alice', terms, approvalHours: 1, engineEnabled: true },
    );
  }
}

async function untilOpened({ db }: JobBench, count: number): Promise<void> {
  for (;;) {
    assert.deepEqual(await listProposals(db, { status: 'self_build_failed' }), []);
    if ((await listProposals(db, { status: 'pr_opened', limit: 500 })).length >= count) return;
    await sleep(200);
  }
}

test('the idle engine stays under 150 MB and the runner under 120 MB, and neither grows over 50 jobs', async (t) => {
  await using bench = await openJobBench({ script: () => answerWith('42'), env: { SELF_CODING_LOG_LEVEL: 'warn' } });
  const socket = `unix:${join(bench.stateDir, 'runner.sock')}`;
  // The first start writes the cache of stripped TypeScript; what is weighed is every start after that.
  await (await start(['runner', '--listen', socket], bench.env))[Symbol.asyncDispose]();
  await using runner = await start(['runner', '--listen', socket], bench.env);
  const engineEnv = { ...bench.env, SELF_CODING_RUNNER: socket };
  await (await start(['serve'], engineEnv))[Symbol.asyncDispose]();
  await using engine = await start(['serve'], engineEnv);
  await sleep(1000);
  const idle = { engine: await engine.weigh(), runner: await runner.weigh() };
  await queueJobs(bench, 10);
  await untilOpened(bench, 10);
  const warm = { engine: await engine.weigh(), runner: await runner.weigh() };
  await queueJobs(bench, jobs - 10);
  await untilOpened(bench, jobs);
  const after = { engine: await engine.weigh(), runner: await runner.weigh() };
  t.diagnostic(
    `MiB idle ${JSON.stringify(idle)}, after 10 jobs ${JSON.stringify(warm)}, after ${jobs} ${JSON.stringify(after)}`,
  );
  assert.ok(idle.engine < 150 && idle.runner < 120);
  // A collector that has not run yet is no leak: 40 jobs may cost what a few of them allocate.
  assert.ok(after.engine < warm.engine + 32 && after.runner < warm.runner + 32);
});
