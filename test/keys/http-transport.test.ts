import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { test } from 'node:test';
import { createTransport } from '../../orchestrator/keys/http-transport.ts';

async function serve(listener: RequestListener) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const fetch = createTransport({ maxBytes: 1_000, timeoutMs: 5_000 });

test('method, headers and body arrive, and the answer comes back whole', async () => {
  await using server = await serve((request, response) => {
    request.resume();
    response.writeHead(201, { 'x-method': request.method, 'x-given': request.headers['x-given'] });
    response.end('fine');
  });
  const response = await fetch(server.url, { method: 'POST', headers: { 'x-given': 'yes' }, body: '{}' });
  assert.deepEqual(
    [response.status, response.headers.get('x-method'), response.headers.get('x-given')],
    [201, 'POST', 'yes'],
  );
  assert.equal(await response.text(), 'fine');
});

test('a redirect comes back as it is', async () => {
  const visited: (string | undefined)[] = [];
  await using server = await serve((request, response) => {
    visited.push(request.url);
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  assert.equal((await fetch(server.url)).status, 302);
  assert.deepEqual(visited, ['/']);
});

test('a server that sends without end is cut off at the limit', async () => {
  await using server = await serve((_, response) => {
    const more = () => response.write('x'.repeat(600), more);
    more();
  });
  await assert.rejects(fetch(server.url), { name: 'TransportError', failure: 'too_large' });
});

test('a server that sends drop by drop is cut off at the timeout', async () => {
  await using server = await serve((_, response) => {
    const drip = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(drip));
  });
  const impatient = createTransport({ maxBytes: 1_000, timeoutMs: 100 });
  await assert.rejects(impatient(server.url), { name: 'TransportError', failure: 'timeout' });
});

test('an answer that breaks off is told from one that never came, and a broken error is no answer', async () => {
  for (const [status, failure] of [
    [200, 'broken_body'],
    [500, 'connection'],
  ] as const) {
    await using server = await serve((_, response) => {
      response.writeHead(status, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    await assert.rejects(fetch(server.url), { name: 'TransportError', failure });
  }
  await using silent = await serve((request) => void request.socket.destroy());
  await assert.rejects(fetch(silent.url), { name: 'TransportError', failure: 'connection' });
});

test('a caller that has had enough ends it, before and while the answer comes', async () => {
  await using server = await serve((_, response) => void response.write('the beginning'));
  const cancel = new AbortController();
  const pending = fetch(server.url, { signal: cancel.signal });
  setTimeout(() => cancel.abort(), 50);
  await assert.rejects(pending, { name: 'TransportError', failure: 'aborted' });
  await assert.rejects(fetch(server.url, { signal: cancel.signal }), { name: 'TransportError', failure: 'aborted' });
});
