/**
 * One HTTP exchange, for the clients that hold a key. Node's own fetch stops at five minutes, follows redirects and
 * reads without end; this does none of that.
 */
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { once } from 'node:events';

export interface TransportLimits {
  readonly maxBytes: number;
  /** Milliseconds for the whole exchange, from connecting to the last byte. */
  readonly timeoutMs: number;
}

export type TransportFailure = 'connection' | 'broken_body' | 'too_large' | 'timeout' | 'aborted';

/** No whole answer arrived; `failure` says how far it got. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly failure: TransportFailure;

  constructor(failure: TransportFailure, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.failure = failure;
  }
}

export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/**
 * Makes a `fetch` for string bodies that returns only whole answers of at most `maxBytes`.
 * A redirect comes back as it is: following one would hand the key to whoever the answer names.
 * Rejects with `TransportError`.
 */
export function createTransport(limits: TransportLimits): Fetch {
  return async (input, init) => {
    const clock = AbortSignal.timeout(limits.timeoutMs);
    const signal = init?.signal ? AbortSignal.any([init.signal, clock]) : clock;
    const progress = { answering: false };
    try {
      const response = await exchange(input, init, signal);
      // An error's text is worth nothing in parts: then it is the connection that failed.
      progress.answering = (response.statusCode ?? 0) < 400;
      const body = await readCapped(response, limits.maxBytes);
      return toResponse(response, body);
    } catch (error) {
      throw toTransportError(error, { clock, signal, ...progress });
    }
  };
}

async function exchange(
  input: string | URL | Request,
  init: RequestInit | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  if (input instanceof Request) throw new TypeError('the transport takes a URL, not a Request');
  const url = new URL(input);
  const headers = Object.fromEntries(new Headers(init?.headers));
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    method: init?.method ?? 'GET',
    // No compression: a small answer must not unfold into a huge one.
    headers: { ...headers, 'accept-encoding': 'identity' },
    signal,
  });
  return await answerOf(request, bodyOf(init));
}

function bodyOf(init: RequestInit | undefined): string {
  const body = init?.body ?? '';
  if (typeof body !== 'string') throw new TypeError('the transport takes a string body');
  return body;
}

async function answerOf(request: ClientRequest, body: string): Promise<IncomingMessage> {
  const response = new Promise<IncomingMessage>((resolve) => request.once('response', resolve));
  const failed = once(request, 'close').then(() => Promise.reject(new Error('closed without an answer')));
  // A request that fails later, while its body is read, reports it on the response as well.
  request.on('error', () => undefined);
  request.end(body);
  return await Promise.race([response, failed]);
}

async function readCapped(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    total += bytes.length;
    // A server that sends without end would fill the memory of the process that holds the keys.
    if (total > maxBytes) throw new TransportError('too_large', `the answer is larger than ${maxBytes} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function toResponse(response: IncomingMessage, body: Buffer): Response {
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  const status = response.statusCode ?? 0;
  const bodyless = status === 204 || status === 205 || status === 304;
  return new Response(bodyless ? null : new Uint8Array(body), { status, headers });
}

interface Circumstances {
  readonly clock: AbortSignal;
  readonly signal: AbortSignal;
  readonly answering: boolean;
}

function toTransportError(error: unknown, { clock, signal, answering }: Circumstances): TransportError {
  if (error instanceof TransportError) return error;
  if (clock.aborted) return new TransportError('timeout', 'no whole answer in time', { cause: error });
  if (signal.aborted) return new TransportError('aborted', 'the request was cancelled', { cause: error });
  if (answering) return new TransportError('broken_body', 'the connection broke in mid-answer', { cause: error });
  return new TransportError('connection', `no answer from the server${codeOf(error)}`, { cause: error });
}

/** ` (ECONNREFUSED)` and the like: an error for several addresses has an empty message and only this. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
}
