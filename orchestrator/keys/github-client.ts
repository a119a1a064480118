/** The only way to GitHub's API: a few endpoints, bounded in bytes and time, no redirects. */
import { randomUUID } from 'node:crypto';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import type { Logger } from 'pino';
import { assertAllowed } from './github-endpoints.ts';
import { createTransport } from './http-transport.ts';

export type GithubClient = Octokit;

export interface GithubClientOptions {
  /** E.g. `https://api.github.com`, or `https://HOST/api/v3` of a GitHub Enterprise Server. */
  readonly apiUrl: string;
  readonly log?: Pick<Logger, 'warn'>;
  /** Milliseconds for one request. */
  readonly timeoutMs?: number;
  /** The longest wait for a rate limit, in seconds; beyond it the job is given back to the queue. */
  readonly maxRateLimitSeconds?: number;
  /** Milliseconds that a second of rate limit lasts; shorter in tests. */
  readonly rateLimitSecondMs?: number;
}

/** GitHub answered with something we don't follow. */
export class GithubRedirect extends Error {
  override readonly name = 'GithubRedirect';
  readonly status: number;

  constructor(status: number, url: string) {
    super(`${url} redirects (${status})`);
    this.status = status;
  }
}

/**
 * A client without a token: each request brings its own. It refuses every endpoint that isn't on the list, waits for
 * rate limits at most twice, and repeats nothing else. Errors are Octokit's, and carry `status`.
 */
export function createGithubClient(options: GithubClientOptions): GithubClient {
  const { log, maxRateLimitSeconds = 60 } = options;
  const wait = (retryAfter: number, request: { readonly url: string }, _: unknown, retries: number) => {
    log?.warn({ url: request.url, retryAfter, retries }, 'GitHub limits the rate of requests');
    return retries < 2 && retryAfter <= maxRateLimitSeconds;
  };
  const ThrottledOctokit = Octokit.plugin(throttling);
  const baseUrl = options.apiUrl.replace(/\/+$/, '');
  const client = new ThrottledOctokit({
    baseUrl,
    userAgent: 'self-coding-engine',
    request: { fetch: createTransport({ maxBytes: 8 * 1024 * 1024, timeoutMs: options.timeoutMs ?? 30_000 }) },
    log: quiet(log),
    throttle: {
      // Clients with the same id share their limits, whatever server they talk to.
      id: randomUUID(),
      onRateLimit: wait,
      onSecondaryRateLimit: wait,
      retryAfterBaseValue: options.rateLimitSecondMs ?? 1_000,
    },
  });
  guard(client, baseUrl);
  return client;
}

/** Wrapped last, so it is asked first: before throttling, before anything leaves the process. */
function guard(client: GithubClient, baseUrl: string): void {
  client.hook.wrap('request', async (request, options) => {
    const { method, url, body } = client.request.endpoint(options);
    assertAllowed({ method, url, body, baseUrl });
    const response = await request(options);
    // A renamed repository answers 301; following it would send the token and the pull request to another one.
    if (response.status >= 300) throw new GithubRedirect(response.status, options.url);
    return response;
  });
}

function quiet(log: Pick<Logger, 'warn'> | undefined) {
  const warn = (message: string) => log?.warn({ message }, 'GitHub client');
  return { debug: silent, info: silent, warn, error: warn };
}

function silent(): void {}
