import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundleTar, manifestEntry, patchEntry, reportEntry, treeId } from '../support/bundles.ts';
import { frame } from '../support/docker-frames.ts';
import { fakeImage, startFakeDocker } from '../support/fake-docker.ts';
import { endOf, runnerOn } from '../support/fake-runner.ts';
import { anOrder, watching } from '../support/sandbox-orders.ts';
import { rawEntry, rawTar } from '../support/tar-writer.ts';

const stdout = (bytes: Uint8Array) => frame('stdout', bytes);
const stderr = (text: string) => frame('stderr', Buffer.from(text));
const firstPart = Buffer.concat([manifestEntry, patchEntry].map(rawEntry));

test('a run goes through its calls in order, and none of them is archive, exec or copy (T5)', async () => {
  await using docker = await startFakeDocker({
    onAttach: (stdio) => stdio.end(Buffer.concat([stdout(bundleTar(reportEntry)), stderr('1 passed\n')])),
  });
  const { runner } = await runnerOn(docker);
  const watch = watching();
  const run = await runner.run(anOrder(), watch);
  assert.ok(run.kind === 'ran');
  assert.deepEqual([run.end, run.exitCode, run.image, run.runtime], ['exited', 0, fakeImage, 'runc']);
  assert.equal(run.bundle?.manifest.tree, treeId);
  assert.equal(run.report?.tests, 7);
  assert.equal(Buffer.from(run.log.head).toString(), '1 passed\n');
  assert.equal(watch.text(), '1 passed\n');
  assert.deepEqual(docker.calls.slice(-6), [
    'POST /containers/create',
    'GET /containers/ID/json',
    'POST /containers/ID/attach',
    'POST /containers/ID/start',
    'GET /containers/ID/json',
    'DELETE /containers/ID',
  ]);
});

test('a daemon that drops a limit with a warning is refused before the start, and the container removed (F-12)', async () => {
  await using docker = await startFakeDocker({ warnings: ['Your kernel does not support swap limit capabilities'] });
  assert.equal(await endOf(docker), 'sandbox_config_drift');
  assert.equal(docker.calls.includes('POST /containers/ID/start'), false);
  assert.equal(docker.calls.at(-1), 'DELETE /containers/ID');
});

test('a container that is not as asked for is refused before the start (F-12)', async () => {
  await using docker = await startFakeDocker({ hostConfig: { NetworkMode: 'bridge' } });
  assert.equal(await endOf(docker), 'sandbox_config_drift');
  assert.equal(docker.calls.includes('POST /containers/ID/start'), false);
});

test('no such image or runtime is final; a daemon that fails is a fault (F-11)', async () => {
  for (const [status, end] of [
    [404, 'sandbox_unsupported_host'],
    [400, 'sandbox_unsupported_host'],
    [409, 'fault sandbox_start_failed'],
    [500, 'fault sandbox_start_failed'],
  ] as const) {
    await using docker = await startFakeDocker({ failing: { 'POST /containers/create': status } });
    assert.equal(await endOf(docker), end);
  }
});

test('a container that can not be started is removed', async () => {
  await using docker = await startFakeDocker({ failing: { 'POST /containers/ID/start': 500 } });
  assert.equal(await endOf(docker), 'fault sandbox_start_failed');
  assert.equal(docker.calls.at(-1), 'DELETE /containers/ID');
});

test('a container that can not even be inspected is removed', async () => {
  await using docker = await startFakeDocker({ failing: { 'GET /containers/ID/json': 500 } });
  assert.equal(await endOf(docker), 'fault sandbox_start_failed');
  assert.equal(docker.calls.at(-1), 'DELETE /containers/ID');
});

test('an output that breaks off while the sandbox runs is a crash, and the container is removed (F-13)', async () => {
  await using docker = await startFakeDocker({
    state: { Running: true },
    onAttach: (stdio) => stdio.end(stdout(firstPart)),
  });
  assert.equal(await endOf(docker), 'sandbox_crash');
  assert.equal(docker.calls.at(-1), 'DELETE /containers/ID');
});

test('a daemon that dies in mid-run is a fault (F-08)', async () => {
  await using docker = await startFakeDocker({
    onAttach: (stdio, daemon) => stdio.write(stdout(firstPart), () => daemon.die()),
  });
  assert.equal(await endOf(docker), 'fault sandbox_start_failed');
});

test('a frame of 4 GB ends the run at its header (O-17)', async () => {
  await using docker = await startFakeDocker({
    onAttach: (stdio) => stdio.write(Uint8Array.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff])),
  });
  assert.equal(await endOf(docker), 'sandbox_crash');
  assert.ok(docker.calls.includes('POST /containers/ID/kill'));
});

test('200,000 frames of one byte are a log of 200,000 bytes (O-17)', async () => {
  const one = stderr('x');
  const flood = Buffer.concat(Array.from({ length: 200_000 }, () => one));
  await using docker = await startFakeDocker({
    onAttach: (stdio) => stdio.end(Buffer.concat([stdout(bundleTar()), flood])),
  });
  const { runner } = await runnerOn(docker);
  const run = await runner.run(anOrder(), watching());
  assert.equal(run.kind === 'ran' && run.log.totalBytes, 200_000);
});

test('a hostile archive ends the run at its first wrong byte: killed, removed, refused', async () => {
  for (const [bytes, code] of [
    [rawTar(patchEntry, manifestEntry), 'bundle_invalid'],
    [rawTar(manifestEntry, patchEntry, patchEntry), 'bundle_invalid'],
    [rawEntry({ ...manifestEntry, sizeField: '01372000000\0' }), 'bundle_too_large'],
  ] as const) {
    await using docker = await startFakeDocker({ onAttach: (stdio) => stdio.write(stdout(bytes)) });
    assert.equal(await endOf(docker), code);
    const last = ['POST /containers/ID/kill', 'GET /containers/ID/json', 'DELETE /containers/ID'];
    assert.deepEqual(docker.calls.slice(-3), last);
  }
});

test('an output that ends in the middle is bundle_missing before the first part and bundle_invalid after it', async () => {
  for (const [bytes, code] of [
    [firstPart.subarray(0, 700), 'bundle_missing'],
    [firstPart, 'bundle_invalid'],
  ] as const) {
    await using docker = await startFakeDocker({ onAttach: (stdio) => stdio.end(stdout(bytes)) });
    assert.equal(await endOf(docker), code);
  }
});

test('a sandbox that ends without reading its parcel does not harm the runner', async () => {
  await using docker = await startFakeDocker({
    state: { ExitCode: 70 },
    onAttach: (stdio) => stdio.end(stderr('no\n')),
  });
  assert.equal(await endOf(docker, anOrder({ pack: new Uint8Array(20_000_000) })), 'bundle_missing');
});

test('a sandbox that resets its connection does not harm the runner', async () => {
  await using docker = await startFakeDocker({ state: { ExitCode: 137 }, onAttach: (stdio) => stdio.destroy() });
  assert.equal(await endOf(docker, anOrder({ pack: new Uint8Array(20_000_000) })), 'bundle_missing');
});

test('an abort in mid-run throws its reason once the container is gone', async () => {
  await using docker = await startFakeDocker({ onAttach: (stdio) => stdio.write(stderr('running')) });
  const { runner } = await runnerOn(docker);
  const watch = watching();
  const run = runner.run(anOrder(), watch);
  await watch.seen('running');
  watch.abort(new Error('changed my mind'));
  await assert.rejects(run, /changed my mind/);
  assert.equal(docker.calls.at(-1), 'DELETE /containers/ID');
});

test('an abort before the start makes no container', async () => {
  await using docker = await startFakeDocker();
  const { runner } = await runnerOn(docker);
  const watch = watching();
  watch.abort(new Error('too late'));
  await assert.rejects(runner.run(anOrder(), watch), /too late/);
  assert.equal(docker.calls.includes('POST /containers/create'), false);
});

test('the wall clock ends a run, and its policy beats a longer order', async () => {
  await using docker = await startFakeDocker({
    onAttach: (stdio) => stdio.write(Buffer.concat([stdout(firstPart), stderr('asleep')])),
  });
  const { runner } = await runnerOn(docker);
  const run = await runner.run(anOrder({ wallClockSeconds: 1 }), watching());
  assert.ok(run.kind === 'ran');
  assert.deepEqual([run.end, run.exitCode, run.bundle?.manifest.tree], ['out_of_time', null, treeId]);
  assert.equal(Buffer.from(run.log.head).toString(), 'asleep');
});
