/** Servers that never end, unfold, or are not who they say: each answers every request in its one way. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

type What = 'drips' | 'flood' | 'headers' | 'gzip' | 'self-signed';

/** Far above every limit; the sender stops here if nobody hangs up on it. */
const mostBytes = 1_000_000_000;

const gzipped = gzipSync(Buffer.alloc(16 * 2 ** 20, ' '));
/** Half a megabyte that unfolds to half a gigabyte. */
const bomb = Buffer.concat(Array.from({ length: 32 }, () => gzipped));

export async function startStreamServer(what: What) {
  let requests = 0;
  let sent = 0;
  const listener: RequestListener = (request, response) => {
    requests += 1;
    request.resume();
    response.on('error', () => undefined);
    void answer(what, response, (bytes) => {
      sent += bytes;
    });
  };
  const server = what === 'self-signed' ? createTlsServer(await certificate(), listener) : createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    baseUrl: `${what === 'self-signed' ? 'https' : 'http'}://127.0.0.1:${port}/v1`,
    count: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      // The limit, and what the kernel and node hold on the way.
      assert.ok(sent < 64_000_000, `${sent} bytes were taken`);
    },
  };
}

async function answer(what: What, response: ServerResponse, count: (bytes: number) => void): Promise<void> {
  const head = { 'content-type': 'application/json' };
  if (what === 'headers') return void response.socket?.write(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(100_000)}`);
  if (what === 'self-signed') return void response.writeHead(200, head).end('{}');
  if (what === 'gzip') {
    return void response.writeHead(200, { ...head, 'content-encoding': 'gzip' }).end(bomb);
  }
  response.writeHead(200, head);
  const piece = Buffer.alloc(what === 'flood' ? 1_000_000 : 1, ' ');
  for (let sent = 0; sent < mostBytes && !response.destroyed; sent += piece.byteLength) {
    count(piece.byteLength);
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    if (what === 'drips') await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Made for this one test: nobody has signed it. */
async function certificate(): Promise<{ readonly key: string; readonly cert: string }> {
  await using place = await mkdtempDisposable(join(tmpdir(), 'hostile-tls-'));
  const [key, cert] = [join(place.path, 'key.pem'), join(place.path, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  await promisify(execFile)('openssl', [...args, ...subject, '-keyout', key, '-out', cert]);
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}
