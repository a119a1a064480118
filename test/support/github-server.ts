/** A fake of GitHub's REST API on 127.0.0.1: it keeps state, judges every request by GitHub's description, and fails on demand. */
import { type KeyObject, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { authenticate, type FakeApp } from './github-bouncer.ts';
import { type Contract, createContract, type Incoming, type Operation } from './github-contract.ts';
import { type FakePull, type FakeRepository, failure, type GithubState, handlers, type Reply } from './github-state.ts';

export type { FakePull, FakeRepository } from './github-state.ts';

export interface GithubServerOptions {
  readonly repositories: readonly FakeRepository[];
  /** A personal token that may do everything here. */
  readonly token?: string;
  readonly app?: { readonly id: number; readonly publicKey: KeyObject };
  /** `/api/v3` as on GitHub Enterprise Server; nothing as on github.com. */
  readonly basePath?: string;
  /** Where pull requests are looked at; the server's own origin if not given. */
  readonly webUrl?: string;
  /** A compiled one, to be shared by many servers. */
  readonly contract?: Contract;
}

/** What goes wrong with the next request of an operation; with `afterWork`, once it was done. */
export type GithubFault = {
  /** E.g. `pulls/create`. */
  readonly operation: string;
  readonly afterWork?: boolean;
} & (
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: object;
    }
  | { readonly kind: 'body'; readonly body: string; readonly contentType?: string }
  | { readonly kind: 'reset' | 'hang' | 'half_body' }
);

export interface GithubServer extends AsyncDisposable {
  /** GITHUB_API_URL. */
  readonly apiUrl: string;
  /** GITHUB_URL. */
  readonly webUrl: string;
  readonly pulls: FakePull[];
  /** Tokens that were minted, oldest first. */
  readonly tokens: GithubState['tokens'];
  /** Waiting faults, used up in order. */
  readonly faults: GithubFault[];
  /** Operations that were asked for, in order. */
  readonly operations: readonly string[];
  /** Requests and answers that GitHub's description forbids, and every endpoint that nobody should call, such as merging. */
  readonly violations: readonly string[];
}

interface Server extends GithubState {
  readonly contract: Contract;
  readonly options: GithubServerOptions;
  readonly faults: GithubFault[];
  readonly operations: string[];
  readonly violations: string[];
}

/** Starts it on a free port; disposing closes it and every connection. */
export async function startGithubServer(options: GithubServerOptions): Promise<GithubServer> {
  const http = createServer();
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('the GitHub server has no port');
  const origin = `http://127.0.0.1:${address.port}`;
  const webUrl = options.webUrl ?? origin;
  const state = {
    webUrl,
    repositories: options.repositories,
    pulls: [],
    tokens: [],
    installationId: randomInt(1, 1e9),
  };
  const server: Server = {
    ...state,
    options,
    contract: options.contract ?? createContract(),
    faults: [],
    operations: [],
    violations: [],
  };
  http.on('request', (request: IncomingMessage, response: ServerResponse) => {
    answer(server, request, response).catch((error: unknown) => {
      server.violations.push(`the fake failed: ${String(error)}`);
      response.destroy();
    });
  });
  return {
    apiUrl: `${origin}${options.basePath ?? ''}`,
    webUrl,
    pulls: server.pulls,
    tokens: server.tokens,
    faults: server.faults,
    operations: server.operations,
    violations: server.violations,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

async function answer(server: Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString();
  const url = new URL(request.url ?? '/', 'http://fake');
  const base = server.options.basePath ?? '';
  const method = request.method ?? '';
  const match = url.pathname.startsWith(base) ? server.contract.match(method, url.pathname.slice(base.length)) : null;
  if (match === null) {
    // A tripwire: merging, approving, moving a ref and GraphQL all end here.
    server.violations.push(`${method} ${url.pathname}`);
    return send(response, failure(404, 'Not Found'));
  }
  const { operation, params } = match;
  server.operations.push(operation.id);
  const incoming = {
    params,
    query: Object.fromEntries(url.searchParams),
    body: text === '' ? undefined : JSON.parse(text),
  };
  const problems = server.contract.requestProblems(operation, incoming);
  server.violations.push(...problems);
  if (request.headers['user-agent'] === undefined) server.violations.push(`${operation.id}: no User-Agent`);
  const fault = takeFault(server, operation);
  if (fault !== null && fault.afterWork !== true) return misbehave(response, fault);
  const authorization = request.headers.authorization ?? '';
  const reply =
    problems.length > 0 ? unprocessable(problems) : await work(server, operation, { incoming, authorization });
  server.violations.push(...server.contract.responseProblems(operation, reply.status, reply.body));
  return fault === null ? send(response, reply) : misbehave(response, fault);
}

function unprocessable(problems: readonly string[]): Reply {
  return failure(422, `Invalid request.\n\n${problems.join('\n')}`);
}

async function work(
  server: Server,
  operation: Operation,
  { incoming, authorization }: { readonly incoming: Incoming; readonly authorization: string },
): Promise<Reply> {
  const { owner, repo } = incoming.params;
  const fullName = owner === undefined ? null : `${owner}/${repo}`;
  const app: FakeApp | null = server.options.app ?? null;
  const denied = authenticate({ authorization, operation, fullName, app, state: server, token: server.options.token });
  if (denied !== null) return denied;
  const repository = server.repositories.find((one) => one.fullName === fullName);
  if (fullName !== null && repository === undefined) return failure(404, 'Not Found');
  if (repository?.movedTo !== undefined) return failure(301, 'Moved Permanently');
  const handler = handlers[operation.id];
  if (handler === undefined) throw new Error(`no handler for ${operation.id}`);
  return await handler(server, incoming, server.contract);
}

function takeFault(server: Server, operation: Operation): GithubFault | null {
  const index = server.faults.findIndex((fault) => fault.operation === operation.id);
  return index === -1 ? null : (server.faults.splice(index, 1)[0] ?? null);
}

function misbehave(response: ServerResponse, fault: GithubFault): void {
  switch (fault.kind) {
    case 'status':
      for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
      return send(response, { status: fault.status, body: fault.body ?? failure(fault.status, 'scripted').body });
    case 'body':
      response.writeHead(fault.operation === 'pulls/create' ? 201 : 200, { 'content-type': fault.contentType ?? json });
      return void response.end(fault.body);
    case 'half_body':
      response.writeHead(201, { 'content-type': json, 'content-length': 1_000 });
      return void response.write('{"number":', () => response.destroy());
    case 'reset':
      return void response.socket?.resetAndDestroy();
    case 'hang':
      return undefined;
  }
}

const json = 'application/json; charset=utf-8';

function send(response: ServerResponse, { status, body }: Reply): void {
  if (status === 301) response.setHeader('location', 'http://127.0.0.1:9/repositories/1');
  response.writeHead(status, { 'content-type': json }).end(JSON.stringify(body));
}
