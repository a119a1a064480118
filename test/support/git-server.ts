/** A git server on 127.0.0.1: the real `git http-backend` behind node:http, with a token, a record, and faults on request. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeRepository, type RepositoryOptions, type TestRepository } from './repository.ts';

export interface GitRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly authorization: string | undefined;
  readonly protocol: string | undefined;
}

/** Instead of git's own answer. */
export type GitAnswer =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'drop' };

export interface GitServerOptions {
  /** Wanted as the password of `x-access-token`; without it everyone may read and write. */
  readonly token?: string;
  /** Looked at before the token is; null = git answers. */
  readonly answer?: (request: GitRequest) => GitAnswer | null;
  /** Takes no notice of the protocol version that a client asks for. */
  readonly oldProtocol?: boolean;
}

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** Every request, in order. */
  readonly requests: readonly GitRequest[];
  /** Makes a bare repository at `<url>/<name>`, and at `<url>/<name>.git`. */
  add(name: string, options?: Pick<RepositoryOptions, 'files' | 'branch'>): Promise<TestRepository>;
}

/** Starts the server on a free port; disposing closes every connection and removes the repositories. */
export async function startGitServer(options: GitServerOptions = {}): Promise<GitServer> {
  const root = await mkdtemp(join(tmpdir(), 'self-coding-git-server-'));
  const requests: GitRequest[] = [];
  const server = createServer((request, response) => {
    const seen = toGitRequest(request);
    requests.push(seen);
    const answer = options.answer?.(seen) ?? (isAllowed(seen, options.token) ? null : unauthorized);
    const protocol = options.oldProtocol === true ? '' : (seen.protocol ?? '');
    if (answer === null) serve({ root, protocol }, request, response);
    else give(answer, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    add: async (name, repository = {}) => {
      const made = await makeRepository({ ...repository, path: join(root, `${name}.git`) });
      await made.git(['config', 'uploadpack.allowFilter', 'true']);
      await made.git(['config', 'http.receivepack', 'true']);
      return made;
    },
    [Symbol.asyncDispose]: async () => {
      if (server.listening) {
        server.close();
        server.closeAllConnections();
        await once(server, 'close');
      }
      await rm(root, { recursive: true, force: true });
    },
  };
}

const unauthorized: GitAnswer = { kind: 'status', status: 401, headers: { 'www-authenticate': 'Basic realm="git"' } };

function toGitRequest({ method = '', url = '', headers }: IncomingMessage): GitRequest {
  const protocol = headers['git-protocol'];
  return {
    method,
    url,
    authorization: headers.authorization,
    protocol: Array.isArray(protocol) ? protocol[0] : protocol,
  };
}

function isAllowed({ authorization }: GitRequest, token: string | undefined): boolean {
  if (token === undefined) return true;
  return authorization === `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
}

function give(answer: GitAnswer, request: IncomingMessage, response: ServerResponse): void {
  switch (answer.kind) {
    case 'hang':
      return;
    case 'drop':
      request.socket.destroy();
      return;
    case 'status':
      request.resume();
      response.writeHead(answer.status, { ...answer.headers, connection: 'close' }).end(answer.body ?? '');
  }
}

interface Backend {
  readonly root: string;
  readonly protocol: string;
}

function serve({ root, protocol }: Backend, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const header = (name: string) => String(request.headers[name] ?? '');
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    REQUEST_METHOD: request.method ?? 'GET',
    // http-backend finds `name.git` for `name`, not the other way round.
    PATH_INFO: decodeURIComponent(url.pathname),
    QUERY_STRING: url.search.slice(1),
    CONTENT_TYPE: header('content-type'),
    REMOTE_ADDR: '127.0.0.1',
    ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: header('content-length') }),
    ...(request.headers['content-encoding'] === undefined ? {} : { HTTP_CONTENT_ENCODING: header('content-encoding') }),
    ...(protocol === '' ? {} : { GIT_PROTOCOL: protocol }),
  };
  const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  // A client that hangs up, or a backend that ends early, is what some tests are about.
  child.stdin.on('error', () => undefined);
  request.on('error', () => undefined).pipe(child.stdin);
  response.on('close', () => child.kill('SIGKILL'));
  void forward(child.stdout, response);
}

/** CGI's header lines, an empty line, then the body. */
async function forward(output: NodeJS.ReadableStream, response: ServerResponse): Promise<void> {
  let pending: Buffer | null = Buffer.alloc(0);
  for await (const chunk of output) {
    if (pending === null) {
      response.write(chunk);
      continue;
    }
    pending = Buffer.concat([pending, Buffer.from(chunk)]);
    const end = pending.indexOf('\r\n\r\n');
    if (end === -1) continue;
    writeHead(pending.subarray(0, end).toString('latin1'), response);
    response.write(pending.subarray(end + 4));
    pending = null;
  }
  if (pending !== null) response.writeHead(500);
  response.end();
}

function writeHead(lines: string, response: ServerResponse): void {
  const headers = lines
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  response.writeHead(
    Number.parseInt(status, 10),
    Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== 'status')),
  );
}
