/** A way to the real daemon that writes down every call, and can be cut. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DockerProxy extends AsyncDisposable {
  readonly socketPath: string;
  /** `METHOD /path?query` of every request. */
  readonly calls: readonly string[];
  /** Cuts every connection now, and every new one until `mend`. */
  readonly cut: () => void;
  readonly mend: () => void;
}

const requestLine = /^(GET|HEAD|POST|PUT|DELETE) (\S+) HTTP\/1\.1\r$/gm;

/** Listens on a Unix socket of its own and passes everything on to the daemon at `daemonPath`. */
export async function startDockerProxy(daemonPath: string): Promise<DockerProxy> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-proxy-'));
  const socketPath = join(directory, 'docker.sock');
  const calls: string[] = [];
  const sockets = new Set<Socket>();
  let isCut = false;
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const daemon = connect({ path: daemonPath, allowHalfOpen: true });
    for (const socket of [client, daemon]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      for (const [, method, path] of text.matchAll(requestLine)) calls.push(`${method} ${path}`);
    });
    client.pipe(daemon);
    daemon.pipe(client);
  });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    socketPath,
    calls,
    cut,
    mend: () => {
      isCut = false;
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await rm(directory, { recursive: true });
    },
  };
}
