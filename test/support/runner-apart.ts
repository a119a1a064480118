/** A runner behind its API with no Docker behind it: its answers are scripted, the HTTP is real. */
import { request } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Runner } from '../../orchestrator/ports/sandbox.ts';
import type { ListenAddress } from '../../orchestrator/sandbox/listen-address.ts';
import { startRunnerServer } from '../../orchestrator/sandbox/runner-server.ts';
import { sandboxPolicy } from './sandbox-policy.ts';

export interface RunnerApart extends AsyncDisposable {
  readonly address: string;
  readonly socketPath: string;
  /** Stops serving, as a runner that is told to end does. */
  readonly close: () => Promise<void>;
}

export interface ApartOptions {
  readonly token?: string;
  readonly listen?: ListenAddress;
  readonly runsMax?: number;
}

/** Serves a runner on a Unix socket in a directory of its own, unless told otherwise. Parcels have small caps. */
export async function serveApart(runner: Runner, options: ApartOptions = {}): Promise<RunnerApart> {
  await using kept = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'self-coding-runner-'));
  kept.defer(() => rm(directory, { recursive: true }));
  const socketPath = join(directory, 'runner.sock');
  const parcel = { packBytes: 100_000, diffBytes: 10_000, testCommandBytes: 1000 };
  const server = await startRunnerServer({
    runner,
    policy: await sandboxPolicy({ parcel }),
    listen: options.listen ?? { kind: 'unix', path: socketPath },
    token: options.token ?? null,
    runsMax: options.runsMax ?? 4,
  });
  kept.use(server);
  const all = kept.move();
  return {
    address: server.address,
    socketPath,
    close: async () => server[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** One request as raw as it comes; null for the status when the connection broke instead of an answer. */
export function ask(socketPath: string, raw: RawRequest): Promise<{ status: number | null; text: string }> {
  return new Promise((resolve) => {
    const { method = 'POST', path = '/v1/runs', headers = { 'content-type': 'application/x-tar' } } = raw;
    const outgoing = request({ socketPath, method, path, headers, agent: false }, (response) => {
      const { statusCode = 0 } = response;
      void buffer(response).then((body) => resolve({ status: statusCode, text: body.toString() }));
    });
    outgoing.on('error', () => resolve({ status: null, text: '' }));
    outgoing.end(raw.body);
  });
}
