/** A runner with room for one run, and engines that want more. */
import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { refuse, type Refused } from '../../orchestrator/outcome.ts';
import type { Runner } from '../../orchestrator/ports/sandbox.ts';
import { createRemoteRunner } from '../../orchestrator/sandbox/runner-client.ts';
import { serveApart } from '../support/runner-apart.ts';
import { anOrder, watching } from '../support/sandbox-orders.ts';

/** Runs until it is told to end, or aborted. */
function endless(): { readonly runner: Runner; readonly end: () => void } {
  const end = Promise.withResolvers<Refused>();
  const runner: Runner = {
    ready: async () => ({ kind: 'ready' }),
    run: (_, { signal, onLog }) =>
      new Promise((resolve, reject) => {
        onLog(Buffer.from('running'));
        signal.addEventListener('abort', () => reject(signal.reason));
        void end.promise.then(resolve);
      }),
  };
  return { runner, end: () => end.resolve(refuse('sandbox_crash', 'told to end')) };
}

test('one run more than it has room for waits until there is room', async () => {
  const { runner, end } = endless();
  await using apart = await serveApart(runner, { runsMax: 1 });
  const client = createRemoteRunner({ address: apart.address, token: null });
  const watch = watching();
  const first = client.run(anOrder(), watch);
  await watch.seen('running');
  const second = client.run(anOrder(), watching());
  setTimeout(end, 100);
  for (const run of [await first, await second]) assert.equal(run.kind === 'refused' && run.code, 'sandbox_crash');
});

test('who waits for room can be called back', async () => {
  const { runner, end } = endless();
  await using apart = await serveApart(runner, { runsMax: 1 });
  const client = createRemoteRunner({ address: apart.address, token: null });
  const [watch, waiting] = [watching(), watching()];
  const first = client.run(anOrder(), watch);
  await watch.seen('running');
  const second = client.run(anOrder(), waiting);
  setTimeout(() => waiting.abort(new Error('changed my mind')), 100);
  await assert.rejects(second, /changed my mind/);
  end();
  await first;
});

test('a full runner does not invite a parcel: a client that asks again and again sends it once', async () => {
  const { runner, end } = endless();
  await using apart = await serveApart(runner, { runsMax: 1 });
  const watch = watching();
  const first = createRemoteRunner({ address: apart.address, token: null }).run(anOrder(), watch);
  await watch.seen('running');
  const headers = { 'content-type': 'application/x-tar', expect: '100-continue' };
  const outgoing = request({ socketPath: apart.socketPath, method: 'POST', path: '/v1/runs', headers, agent: false });
  const answer = Promise.withResolvers<string>();
  outgoing.on('continue', () => answer.resolve('continue'));
  outgoing.on('response', ({ statusCode }) => answer.resolve(`status ${statusCode}`));
  outgoing.on('error', answer.reject);
  outgoing.flushHeaders();
  assert.equal(await answer.promise, 'status 503');
  outgoing.destroy();
  end();
  await first;
});

test('a runner that stays full beyond all patience is a fault of the moment', async () => {
  const { runner } = endless();
  const watch = watching();
  await using apart = await serveApart(runner, { runsMax: 1 });
  const client = createRemoteRunner({ address: apart.address, token: null });
  const first = client.run(anOrder(), watch);
  await watch.seen('running');
  const impatient = createRemoteRunner({ address: apart.address, token: null }, 0);
  await assert.rejects(impatient.run(anOrder(), watching()), { code: 'sandbox_start_failed', message: /too many/ });
  watch.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
});
