import { chmod } from 'node:fs/promises';
import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance } from 'fastify';
import { refuse } from '../outcome.ts';
import type { Runner } from '../ports/sandbox.ts';
import { bearerMatches } from './bearer.ts';
import { freeSocketPath, type ListenAddress } from './listen-address.ts';
import type { SandboxPolicy } from './policy.ts';
import { readOrder } from './read-order.ts';
import { faultOf, serveRun } from './serve-run.ts';
import { requestType } from './wire.ts';

export interface RunnerServerOptions {
  readonly runner: Runner;
  readonly policy: SandboxPolicy;
  readonly listen: ListenAddress;
  /** Required over TCP; null on a Unix socket means that its file mode is the lock. */
  readonly token: string | null;
  /** Runs being received, waiting or running at one time; one more is answered with 503. Each may hold a parcel. */
  readonly runsMax: number;
}

/** A listening runner; disposing ends its runs and closes it. The `Runner` behind it stays the caller's. */
export interface RunnerServer extends AsyncDisposable {
  /** As an engine's SELF_CODING_RUNNER takes it. */
  readonly address: string;
}

/** An honest engine sends its parcel in moments; a slow one must not hold a place for ever. */
const requestMs = 120_000;

/**
 * Serves a runner to engines: `GET /v1/ready`, and `POST /v1/runs` (see wire.ts). It takes no container option at all.
 * Throws when the address can't be had, or when TCP is asked for without a token.
 */
export async function startRunnerServer(options: RunnerServerOptions): Promise<RunnerServer> {
  const { listen, token } = options;
  // Whoever reaches a TCP port could run anything there; a Unix socket has an owner.
  if (listen.kind === 'tcp' && token === null) throw new Error('A runner over TCP needs SELF_CODING_RUNNER_TOKEN.');
  const closing = new AbortController();
  const app = Fastify({
    requestTimeout: requestMs,
    // A run that is ending must not keep the runner from ending.
    forceCloseConnections: true,
  });
  app.removeAllContentTypeParsers();
  // As a stream: the order is read with its own caps, and never all at once.
  app.addContentTypeParser(requestType, (_request, payload, done) => done(null, payload));
  // Otherwise Node invites the body before we know whether we want it.
  app.server.on('checkContinue', (request, response) => app.server.emit('request', request, response));
  guard(app, token);
  routes(app, options, closing.signal);
  return {
    address: await bind(app, listen),
    [Symbol.asyncDispose]: async () => {
      closing.abort(new Error('the runner is closing'));
      await app.close();
    },
  };
}

function guard(app: FastifyInstance, token: string | null): void {
  app.addHook('onRequest', async (request, reply) => {
    if (token === null || bearerMatches(request.headers.authorization, token)) return;
    const refused = refuse('sandbox_unsupported_host', 'The runner wants another SELF_CODING_RUNNER_TOKEN.');
    await reply.code(401).send(refused);
  });
}

function routes(app: FastifyInstance, { runner, policy, runsMax }: RunnerServerOptions, closing: AbortSignal): void {
  app.get('/v1/ready', async (_request, reply) => {
    try {
      return await runner.ready();
    } catch (error) {
      return reply.code(503).send(faultOf(error));
    }
  });
  const open = new Set<string>();
  app.post('/v1/runs', async (request, reply) => {
    if (open.size >= runsMax)
      return reply.code(503).header('connection', 'close').send(faultOf('too many runs at once'));
    open.add(request.id);
    try {
      if (!(request.body instanceof Readable))
        return await reply.code(400).send(refuse('bundle_invalid', 'No archive.'));
      if (request.headers.expect !== undefined) reply.raw.writeContinue();
      const order = await readOrder(request.body, policy);
      if (order.kind === 'order') return await serveRun(runner, order, reply, closing);
      const status = order.code === 'bundle_invalid' ? 400 : 413;
      // The rest of the body is not read, so the connection can't be used again.
      return await reply.code(status).header('connection', 'close').send(order);
    } finally {
      open.delete(request.id);
    }
  });
}

async function bind(app: FastifyInstance, listen: ListenAddress): Promise<string> {
  if (listen.kind === 'tcp') return app.listen({ host: listen.host, port: listen.port });
  await freeSocketPath(listen.path);
  await app.listen({ path: listen.path });
  // Only our own user may ask for runs.
  await chmod(listen.path, 0o600);
  return `unix:${listen.path}`;
}
