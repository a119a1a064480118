import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { test } from 'node:test';
import { Fault, refuse } from '../../orchestrator/outcome.ts';
import type { Runner, SandboxOrder, SandboxRun } from '../../orchestrator/ports/sandbox.ts';
import { createRemoteRunner } from '../../orchestrator/sandbox/runner-client.ts';
import { baseId, treeId } from '../support/bundles.ts';
import { serveApart } from '../support/runner-apart.ts';
import { anOrder, watching } from '../support/sandbox-orders.ts';

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const ran: SandboxRun = {
  kind: 'ran',
  end: 'exited',
  exitCode: 3,
  bundle: { manifest: { version: 1, base: baseId, tree: treeId, tools: { git: '2.39.5' } }, patch: every },
  report: { tests: 4, failures: 1, errors: 0, skipped: 2 },
  log: { head: every, tail: new Uint8Array(), totalBytes: 256 },
  image: `sha256:${'a'.repeat(64)}`,
  runtime: 'runc',
  timingsMs: { start: 1, bundle: 2, total: 3 },
};

const running = (run: Runner['run']): Runner => ({ ready: async () => ({ kind: 'ready' }), run });
const dockerGone = async () => Promise.reject(new Fault('sandbox_start_failed', 'container x', 'Docker is gone'));
const isFault = (error: unknown) => error instanceof Fault && error.code === 'sandbox_start_failed';

test('an order arrives as it was given, and its log and result come back as they were made', async () => {
  const orders: SandboxOrder[] = [];
  await using apart = await serveApart(
    running(async (order, { onLog }) => {
      orders.push(order);
      onLog(every);
      return ran;
    }),
  );
  const order = anOrder({ pack: every, diff: every.slice(0, 7), testCommand: 'echo "ä\n\u0007"' });
  const watch = watching();
  const result = await createRemoteRunner({ address: apart.address, token: null }).run(order, watch);
  assert.deepEqual(result, ran);
  assert.equal(watch.text(), Buffer.from(every).toString('latin1'));
  const [{ pack, diff, ...rest } = anOrder()] = orders;
  assert.deepEqual({ ...rest, pack: new Uint8Array(pack), diff: new Uint8Array(diff) }, { kind: 'order', ...order });
});

test('runs without a bundle, a report or an exit code come back as well', async () => {
  const bare = { ...ran, end: 'oom', exitCode: null, bundle: null, report: null } as const;
  await using apart = await serveApart(running(async () => bare));
  const result = await createRemoteRunner({ address: apart.address, token: null }).run(anOrder(), watching());
  assert.deepEqual(result, bare);
});

test('a refusal comes back as it is, a fault is thrown again with its code', async () => {
  const refused = refuse('bundle_invalid', 'for a reason');
  await using refusing = await serveApart({ ready: async () => refused, run: async () => refused });
  const client = createRemoteRunner({ address: refusing.address, token: null });
  assert.deepEqual(await client.run(anOrder(), watching()), refused);
  assert.deepEqual(await client.ready(), refused);

  await using failing = await serveApart({ ready: dockerGone, run: dockerGone });
  const other = createRemoteRunner({ address: failing.address, token: null });
  const expected = { name: 'Fault', code: 'sandbox_start_failed', message: 'Docker is gone' };
  await assert.rejects(other.run(anOrder(), watching()), expected);
  await assert.rejects(other.ready(), expected);
});

test('what is too large for the runner is refused with the code that says so', async () => {
  await using apart = await serveApart(running(async () => ran));
  const client = createRemoteRunner({ address: apart.address, token: null });
  const result = await client.run(anOrder({ diff: new Uint8Array(10_001) }), watching());
  assert.equal(result.kind === 'refused' && result.code, 'diff_too_large');
});

test('an engine that hangs up ends the run', async () => {
  const ended = Promise.withResolvers<unknown>();
  await using apart = await serveApart(
    running(async (_, { signal, onLog }) => {
      onLog(Buffer.from('running'));
      await once(signal, 'abort');
      ended.resolve(signal.reason);
      throw signal.reason;
    }),
  );
  const watch = watching();
  const run = createRemoteRunner({ address: apart.address, token: null }).run(anOrder(), watch);
  await watch.seen('running');
  watch.abort(new Error('changed my mind'));
  await assert.rejects(run, /changed my mind/);
  assert.match(String(await ended.promise), /hung up/);
});

test('a runner that closes ends its runs and is a fault to its engines', async () => {
  const ended = Promise.withResolvers<unknown>();
  await using apart = await serveApart(
    running(async (_, { signal, onLog }) => {
      onLog(Buffer.from('running'));
      await once(signal, 'abort');
      ended.resolve(signal.reason);
      throw signal.reason;
    }),
  );
  const watch = watching();
  const run = createRemoteRunner({ address: apart.address, token: null }).run(anOrder(), watch);
  const rejected = assert.rejects(run, isFault);
  await watch.seen('running');
  await apart.close();
  await rejected;
  assert.match(String(await ended.promise), /closing|hung up/);
});

test('no runner there is a fault', async () => {
  for (const address of ['unix:/nonexistent/runner.sock', 'http://127.0.0.1:1']) {
    const client = createRemoteRunner({ address, token: null });
    await assert.rejects(client.ready(), isFault);
    await assert.rejects(client.run(anOrder(), watching()), isFault);
  }
});

test('an aborted signal asks nobody', async () => {
  const watch = watching();
  watch.abort(new Error('too late'));
  const run = createRemoteRunner({ address: 'unix:/nonexistent/runner.sock', token: null }).run(anOrder(), watch);
  await assert.rejects(run, /too late/);
});

/** What a client makes of a server that answers like this. */
async function against(answer: (response: ServerResponse) => unknown): Promise<void> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const client = createRemoteRunner({ address: `http://127.0.0.1:${address.port}`, token: null });
  try {
    await assert.rejects(client.run(anOrder(), watching()), isFault);
    await assert.rejects(client.ready(), isFault);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const line = (content: object) => `${JSON.stringify(content)}\n`;

test('a server that is no runner, or not of our version, is a fault and not a result', async () => {
  const { bundle: _, ...less } = ran;
  for (const text of [
    '<html>hello</html>',
    '',
    '\n',
    line({ kind: 'alive' }),
    line({ kind: 'new' }),
    line({ kind: 'alive', more: 1 }),
    line({ kind: 'log', bytes: 'not base64!' }),
    line({ kind: 'result', result: { kind: 'ran' } }),
    line({ kind: 'result', result: { ...less, log: null } }),
    line({ kind: 'result', result: { kind: 'refused', code: 'all_is_well', detail: null, reason: '' } }),
    line({ kind: 'fault', code: 'sandbox_start_failed', subject: 's', message: 'm' }),
  ]) {
    await against((response) => response.end(text));
  }
});

test('an error page is a fault, whatever its size', async () => {
  await against((response) => response.writeHead(502).end('<html>bad gateway</html>'));
  await against((response) => response.writeHead(500).end('x'.repeat(200_000)));
  await against((response) => response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end());
});

test('an answer that breaks off is a fault', async () => {
  await against((response) => response.write(line({ kind: 'alive' }), () => response.destroy()));
});
