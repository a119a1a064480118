/** A Docker daemon that misbehaves as it is told: for what a real one can't be brought to do on demand. Real HTTP, no Docker. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Duplex } from 'node:stream';

export interface FakeDockerScript {
  /** What the container does once it is attached and its daemon has said so; by default it closes its output. */
  readonly onAttach?: (stdio: Duplex, daemon: FakeDocker) => unknown;
  readonly state?: { readonly Running?: boolean; readonly ExitCode?: number; readonly OOMKilled?: boolean };
  readonly info?: object;
  readonly image?: object;
  readonly warnings?: readonly string[];
  /** Laid over what inspect says of HostConfig. */
  readonly hostConfig?: object;
  /** Status codes in place of an answer, by `METHOD /path` with `ID` for an id. */
  readonly failing?: Readonly<Record<string, number>>;
}

export interface FakeDocker extends AsyncDisposable {
  readonly socketPath: string;
  /** Every call in order: `METHOD /path`, ids written as `ID`. */
  readonly calls: readonly string[];
  /** The daemon dies: no answer, every connection cut. */
  die(): void;
}

export const fakeImage = `sha256:${'e'.repeat(64)}`;
const containerId = 'd'.repeat(64);

const info = {
  OSType: 'linux',
  MemoryLimit: true,
  SwapLimit: true,
  PidsLimit: true,
  CpuCfsQuota: true,
  SecurityOptions: ['name=seccomp,profile=default'],
  Runtimes: { runc: { path: 'runc' } },
};

/** Starts the daemon on a Unix socket of its own. */
export async function startFakeDocker(script: FakeDockerScript = {}): Promise<FakeDocker> {
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-docker-'));
  const calls: string[] = [];
  const attached: Duplex[] = [];
  let body: { HostConfig?: object } = {};
  const state = { Running: false, ExitCode: 0, OOMKilled: false, ...script.state };

  const answers: Readonly<Record<string, () => readonly [status: number, answer: unknown]>> = {
    'GET /info': () => [200, { ...info, ...script.info }],
    'GET /images/ID/json': () => [200, { Config: { Env: ['PATH=/bin'], ...script.image } }],
    'GET /containers/json': () => [200, []],
    'POST /containers/create': () => [201, { Id: containerId, Warnings: script.warnings ?? [] }],
    'GET /containers/ID/json': () => {
      const { HostConfig, ...Config } = body;
      return [
        200,
        { Image: fakeImage, Mounts: [], State: state, Config, HostConfig: { ...HostConfig, ...script.hostConfig } },
      ];
    },
    'POST /containers/ID/start': () => [204, null],
    'POST /containers/ID/kill': () => {
      for (const stdio of attached) stdio.end();
      return [204, null];
    },
    'DELETE /containers/ID': () => [204, null],
  };
  const record = (request: IncomingMessage) => {
    const path = (request.url ?? '').split('?', 1).join();
    const call = `${request.method} ${path.replace(/(sha256:)?[0-9a-f]{64}/, 'ID')}`;
    calls.push(call);
    return call;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const call = record(request);
    const text = (await buffer(request)).toString();
    if (call === 'POST /containers/create') body = JSON.parse(text);
    const failing = script.failing?.[call];
    const [status, content] =
      failing === undefined ? (answers[call]?.() ?? [404, {}]) : [failing, { message: 'as told' }];
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(status === 204 ? undefined : JSON.stringify(content));
  };

  const server = createServer((request, response) => void answer(request, response));
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('upgrade', (request, stdio) => {
    record(request);
    attached.push(stdio);
    stdio.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    if (script.onAttach === undefined) stdio.end();
    else script.onAttach(stdio, daemon);
  });
  const die = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  const daemon: FakeDocker = {
    socketPath: join(directory, 'docker.sock'),
    calls,
    die,
    [Symbol.asyncDispose]: async () => {
      die();
      await rm(directory, { recursive: true });
    },
  };
  server.listen(daemon.socketPath);
  await once(server, 'listening');
  return daemon;
}
