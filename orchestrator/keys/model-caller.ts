/** What the steps of asking a model share: the client, and its limits. */
import OpenAI from 'openai';
import type { Logger } from 'pino';
import { createTransport } from './http-transport.ts';
import { createScrubber, type Scrubber } from './scrub.ts';

export interface ModelOptions {
  readonly apiKey: string | null;
  /** Ends before `/chat/completions`; null = OpenAI's own. */
  readonly baseUrl: string | null;
  readonly model: string;
  /** Milliseconds for one draft, with all its retries. */
  readonly timeoutMs: number;
  readonly log?: Pick<Logger, 'warn'>;
  /** Milliseconds before the first retry; the second waits four times as long. */
  readonly backoffMs?: number;
  readonly maxRetryAfterMs?: number;
  readonly checkTimeoutMs?: number;
  readonly maxAnswerBytes?: number;
}

export interface ModelCaller {
  readonly client: OpenAI;
  readonly model: string;
  /** The server, without credentials: the subject of faults. */
  readonly server: string;
  readonly scrubber: Scrubber;
  readonly log: Pick<Logger, 'warn'> | null;
  readonly limits: {
    readonly timeoutMs: number;
    readonly checkTimeoutMs: number;
    readonly backoffMs: number;
    readonly maxRetryAfterMs: number;
  };
}

/** A client that retries nothing and reads no environment; null when there is neither a key nor a server of one's own. */
export function createCaller(options: ModelOptions): ModelCaller | null {
  // A server of one's own often wants no key, but the client insists on one.
  const apiKey = options.apiKey ?? (options.baseUrl === null ? null : 'none');
  if (apiKey === null) return null;
  const baseURL = options.baseUrl ?? 'https://api.openai.com/v1';
  const fetch = createTransport({ maxBytes: options.maxAnswerBytes ?? 8 * 1024 * 1024, timeoutMs: options.timeoutMs });
  const client = new OpenAI({ apiKey, baseURL, fetch, timeout: options.timeoutMs, ...explicit });
  const { origin, pathname } = new URL(baseURL);
  return {
    client,
    model: options.model,
    server: `${origin}${pathname}`,
    scrubber: createScrubber([options.apiKey]),
    log: options.log ?? null,
    limits: {
      timeoutMs: options.timeoutMs,
      checkTimeoutMs: options.checkTimeoutMs ?? 10_000,
      backoffMs: options.backoffMs ?? 1_000,
      maxRetryAfterMs: options.maxRetryAfterMs ?? 30_000,
    },
  };
}

/** Said outright, because the client would read each of these from the environment. It retries nothing: we do. */
const explicit = {
  maxRetries: 0,
  logLevel: 'off',
  adminAPIKey: null,
  organization: null,
  project: null,
  webhookSecret: null,
} as const;
