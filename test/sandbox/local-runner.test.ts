import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { Fault } from '../../orchestrator/outcome.ts';
import { bundleTar } from '../support/bundles.ts';
import { frame } from '../support/docker-frames.ts';
import { startFakeDocker } from '../support/fake-docker.ts';
import { endOf, runnerOn } from '../support/fake-runner.ts';
import { anOrder, watching } from '../support/sandbox-orders.ts';

const stdout = (bytes: Uint8Array) => frame('stdout', bytes);
const stderr = (text: string) => frame('stderr', Buffer.from(text));
const isFault = (error: unknown) => error instanceof Fault && error.code === 'sandbox_start_failed';

test('a host without a limit or an isolation is refused before a container is made', async () => {
  for (const info of [
    { MemoryLimit: false },
    { SwapLimit: false },
    { PidsLimit: false },
    { CpuCfsQuota: false },
    { SecurityOptions: [] },
    { OSType: 'windows' },
    { Runtimes: { other: {} } },
  ]) {
    await using docker = await startFakeDocker({ info });
    const { runner } = await runnerOn(docker);
    const ready = await runner.ready();
    assert.equal(ready.kind === 'refused' && ready.code, 'sandbox_unsupported_host');
    assert.equal(await endOf(docker), 'sandbox_unsupported_host');
    assert.equal(docker.calls.includes('POST /containers/create'), false);
  }
});

test('an image that is missing, or brings a volume, is refused with what to do', async () => {
  for (const script of [{ failing: { 'GET /images/ID/json': 404 } }, { image: { Volumes: { '/data': {} } } }]) {
    await using docker = await startFakeDocker(script);
    const ready = await (await runnerOn(docker)).runner.ready();
    assert.equal(ready.kind === 'refused' && ready.code, 'sandbox_unsupported_host');
    assert.match(ready.kind === 'refused' ? ready.reason : '', /npm run -s self-coding -- doctor/);
  }
});

test('without a daemon the runner can be made, and says so when asked (F-09)', async () => {
  const { runner, messages } = await runnerOn({ socketPath: '/nonexistent/docker.sock' });
  await assert.rejects(runner.ready(), isFault);
  await assert.rejects(runner.run(anOrder(), watching()), isFault);
  assert.equal(messages.length, 1);
});

test('closing the runner ends its runs, waiting ones too, and waits for their containers to go', async () => {
  await using docker = await startFakeDocker({ onAttach: (stdio) => stdio.write(stderr('running')) });
  const { runner } = await runnerOn(docker);
  const watch = watching();
  const runs = [runner.run(anOrder(), watch), runner.run(anOrder(), watching())];
  const ends = Promise.allSettled(runs);
  await watch.seen('running');
  await runner[Symbol.asyncDispose]();
  assert.equal(docker.calls.filter((call) => call === 'POST /containers/create').length, 1);
  assert.equal(docker.calls.at(-1), 'DELETE /containers/ID');
  assert.deepEqual(
    (await ends).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
});

test('a container that can not be removed is logged and does not hide the result', async () => {
  await using docker = await startFakeDocker({
    failing: { 'DELETE /containers/ID': 500 },
    onAttach: (stdio) => stdio.end(stdout(bundleTar())),
  });
  const { runner, messages } = await runnerOn(docker);
  const run = await runner.run(anOrder(), watching());
  assert.equal(run.kind, 'ran');
  assert.match(messages.join(), /could not be removed/);
});

test('a runner goes on looking for what was left behind until it is closed; a daemon that fails is only logged', async () => {
  await using docker = await startFakeDocker({ failing: { 'GET /containers/json': 500 } });
  const { runner, messages } = await runnerOn(docker, { reapEveryMs: 1 });
  while (messages.length < 4) await sleep(1);
  await runner[Symbol.asyncDispose]();
  const looked = docker.calls.length;
  await sleep(30);
  assert.equal(docker.calls.length, looked);
  assert.equal(messages.length, looked);
});
