/** Whatever happens, no container stays. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { Fault } from '../../orchestrator/outcome.ts';
import { containerBody } from '../../orchestrator/sandbox/container.ts';
import { connectDocker, post } from '../../orchestrator/sandbox/docker.ts';
import { reap } from '../../orchestrator/sandbox/reap.ts';
import { startDockerProxy } from '../support/docker-proxy.ts';
import { assertNoSandboxes } from '../support/invariants.ts';
import { openSandboxes } from '../support/sandbox-fixture.ts';
import { sandboxHost } from '../support/sandbox-image.ts';
import { watching } from '../support/sandbox-orders.ts';
import { sandboxPolicy } from '../support/sandbox-policy.ts';

const silent = { warn: () => undefined, error: () => undefined };

test('20 runs of every kind leave no container', async () => {
  await using sandboxes = await openSandboxes({ concurrency: 3 });
  const { runner, order, instanceId, messages } = sandboxes;
  const kinds = [
    order({ testCommand: 'true' }),
    order({ testCommand: 'exit 3' }),
    order({ testCommand: 'kill -9 -1' }),
    order({ testCommand: 'sleep 60', wallClockSeconds: 1 }),
    order({ pack: Buffer.from('no pack') }),
  ];
  const runs = Array.from({ length: 20 }, (_, i) => runner.run(kinds[i % kinds.length] ?? order(), watching()));
  await Promise.all(runs);
  await assertNoSandboxes(instanceId);
  assert.deepEqual(messages, []);
});

test('an abort at any moment removes the container before it is thrown', async () => {
  await using sandboxes = await openSandboxes({ concurrency: 3 });
  const delays = [0, 30, 60, 100, 150, 200, 250, 300, 350, 400, 500, 600];
  const ends = delays.map(async (ms) => {
    const watch = watching();
    const run = sandboxes.runner.run(sandboxes.order({ testCommand: 'sleep 600' }), watch);
    const rejected = assert.rejects(run, /changed my mind/);
    await sleep(ms);
    watch.abort(new Error('changed my mind'));
    await rejected;
  });
  await Promise.all(ends);
  await assertNoSandboxes(sandboxes.instanceId);
});

test('closing the runner in mid-run leaves nothing', async () => {
  const sandboxes = await openSandboxes();
  const watch = watching();
  const run = sandboxes.runner.run(sandboxes.order({ testCommand: 'echo here; sleep 600' }), watch);
  const rejected = assert.rejects(run, /closing/);
  await watch.seen('here');
  await sandboxes[Symbol.asyncDispose]();
  await rejected;
});

test('a job calls nothing of the archive, exec or copy kind (T5)', async () => {
  await using proxy = await startDockerProxy((await sandboxHost()).dockerSocket);
  await using sandboxes = await openSandboxes({ dockerSocket: proxy.socketPath });
  await sandboxes.run('true');
  const kinds = new Set(proxy.calls.map((call) => call.replace(/[0-9a-f]{64}/, 'ID').replace(/\?.*|sha256:/g, '')));
  assert.deepEqual([...kinds].toSorted(), [
    'DELETE /containers/ID',
    'GET /containers/ID/json',
    'GET /containers/json',
    'GET /images/ID/json',
    'GET /info',
    'POST /containers/ID/attach',
    'POST /containers/ID/start',
    'POST /containers/create',
  ]);
  // Options belong into bodies: addresses end up in logs.
  assert.equal(
    proxy.calls.some((call) => call.startsWith('POST /containers/create?')),
    false,
  );
});

test('a daemon that is cut off in mid-run is a fault, and what it leaves is reaped after its deadline (F-08)', async () => {
  const { dockerSocket } = await sandboxHost();
  const docker = connectDocker(dockerSocket);
  await using proxy = await startDockerProxy(dockerSocket);
  await using sandboxes = await openSandboxes({ dockerSocket: proxy.socketPath });
  const { instanceId, runner, order, messages } = sandboxes;
  const watch = watching();
  const run = runner.run(order({ testCommand: 'echo here; sleep 600', wallClockSeconds: 60 }), watch);
  const rejected = assert.rejects(run, (error) => error instanceof Fault && error.code === 'sandbox_start_failed');
  await watch.seen('here');
  proxy.cut();
  await rejected;
  assert.match(messages.join(), /could not be removed/);
  proxy.mend();

  assert.deepEqual(await reap(docker, instanceId, silent, new Date()), [], 'it may still be at work');
  assert.deepEqual(await reap(docker, `not-${instanceId}`, silent, new Date(Date.now() + 1e9)), [], 'not one’s own');
  assert.equal((await reap(docker, instanceId, silent, new Date(Date.now() + 1e9))).length, 1);
});

test('a runner removes at its start what an earlier life of it left behind, and only that', async () => {
  const { dockerSocket, image } = await sandboxHost();
  const docker = connectDocker(dockerSocket);
  const instanceId = `test-${randomUUID()}`;
  const other = `test-${randomUUID()}`;
  const create = async (instance: string, deadline: Date) => {
    const place = { image, imageEnvironment: [], runtime: 'runc', instanceId: instance, slot: 9, deadline };
    const body = containerBody(await sandboxPolicy(), { jobId: 'old', role: 'base' }, place);
    await post(docker, '/containers/create', body, AbortSignal.timeout(30_000));
  };
  const past = new Date(Date.now() - 1000);
  await create(instanceId, past);
  await create(instanceId, new Date(Date.now() + 3_600_000));
  await create(other, past);
  const sandboxes = await openSandboxes({ instanceId });
  const left = await docker.listContainers({ all: true, filters: { label: [`self-coding.instance=${instanceId}`] } });
  assert.equal(left.length, 1);
  assert.equal((await reap(docker, other, silent, new Date())).length, 1);
  await reap(docker, instanceId, silent, new Date(Date.now() + 7_200_000));
  await sandboxes[Symbol.asyncDispose]();
});

test('a sandbox whose runner is gone before the parcel came ends by itself', async () => {
  const { dockerSocket, image } = await sandboxHost();
  const docker = connectDocker(dockerSocket);
  const deadline = new Date(Date.now() + 60_000);
  const place = { image, imageEnvironment: [], runtime: 'runc', instanceId: 'orphan', slot: 9, deadline };
  const body = containerBody(await sandboxPolicy(), { jobId: 'orphan', role: 'base' }, place);
  const answer = await post(docker, '/containers/create', body, AbortSignal.timeout(30_000));
  const { Id } = z.looseObject({ Id: z.string() }).parse(answer);
  const container = docker.getContainer(Id);
  try {
    const stdio = await container.attach({ stream: true, stdin: true, hijack: true });
    await container.start();
    stdio.end();
    const { StatusCode } = z.looseObject({ StatusCode: z.number() }).parse(await container.wait());
    assert.equal(StatusCode, 70);
  } finally {
    await container.remove({ force: true });
  }
});
