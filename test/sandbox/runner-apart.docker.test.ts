/** Engine and runner as two sides of a socket, with a real sandbox behind it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteRunner } from '../../orchestrator/sandbox/runner-client.ts';
import { assertNoSandboxes } from '../support/invariants.ts';
import { ask, serveApart } from '../support/runner-apart.ts';
import { openSandboxes } from '../support/sandbox-fixture.ts';
import { watching } from '../support/sandbox-orders.ts';
import { rawTar } from '../support/tar-writer.ts';

const files = { 'tests/test_a.py': 'def test_a():\n    assert True\n' };

test('a run over the socket is the same as one beside it', async () => {
  await using sandboxes = await openSandboxes({ files });
  await using apart = await serveApart(sandboxes.runner);
  const client = createRemoteRunner({ address: apart.address, token: null });
  assert.deepEqual(await client.ready(), { kind: 'ready' });
  const order = sandboxes.order({ testCommand: 'python3 -m pytest -q tests' });
  const watch = watching();
  const [there, here] = [await client.run(order, watch), await sandboxes.runner.run(order, watching())];
  assert.ok(there.kind === 'ran' && here.kind === 'ran');
  const timeless = ({ end, exitCode, bundle, report, image, runtime }: typeof there) => ({
    end,
    exitCode,
    report,
    image,
    runtime,
    manifest: bundle?.manifest,
    patch: Buffer.from(bundle?.patch ?? []),
  });
  assert.deepEqual(timeless(there), timeless(here));
  assert.deepEqual([there.exitCode, there.report?.tests], [0, 1]);
  assert.match(watch.text(), /1 passed/);
});

test('an engine that hangs up in mid-run leaves no container', async () => {
  await using sandboxes = await openSandboxes();
  await using apart = await serveApart(sandboxes.runner);
  const client = createRemoteRunner({ address: apart.address, token: null });
  const watch = watching();
  const run = client.run(sandboxes.order({ testCommand: 'echo here; sleep 600' }), watch);
  const rejected = assert.rejects(run, /changed my mind/);
  await watch.seen('here');
  watch.abort(new Error('changed my mind'));
  await rejected;
  // Closing waits for the container to go; the wall clock of this run would not have ended it for a minute.
  await sandboxes.runner[Symbol.asyncDispose]();
  await assertNoSandboxes(sandboxes.instanceId);
});

test('a hostile request makes no container', async () => {
  await using sandboxes = await openSandboxes();
  await using apart = await serveApart(sandboxes.runner);
  const { jobId, role, environment, testCommand, wallClockSeconds, base } = sandboxes.order();
  const head = { jobId, role, environment, testCommand, wallClockSeconds, base };
  const body = (order: object) =>
    rawTar(
      { name: 'order.json', content: JSON.stringify(order) },
      { name: 'base.pack', content: sandboxes.parcel.pack },
      { name: 'change.diff' },
    );
  for (const more of [
    { Privileged: true },
    { HostConfig: { Binds: ['/:/host'] } },
    { Image: 'other' },
    { role: 'x' },
  ]) {
    assert.equal((await ask(apart.socketPath, { body: body({ ...head, ...more }) })).status, 400);
  }
  await assertNoSandboxes(sandboxes.instanceId);
  // The same bytes without the addition are run: it is the addition that was refused.
  const { status, text } = await ask(apart.socketPath, { body: body({ ...head, testCommand: 'exit 3' }) });
  assert.equal(status, 200);
  assert.match(text, /"exitCode":3/);
});
