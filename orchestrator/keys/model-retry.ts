/** Asks again when a server was only busy or away for a moment. */
import { setTimeout as delay } from 'node:timers/promises';
import { APIConnectionError, APIError, APIUserAbortError } from 'openai';
import { describe } from '../outcome.ts';
import type { ModelCaller } from './model-caller.ts';
import { TransportError } from './http-transport.ts';

export interface Asked {
  readonly text: string;
  /** How many requests it took. */
  readonly requests: number;
}

/**
 * Runs `ask` until it answers, at most `retries` times more after 408, 409, 429, 5xx and broken connections.
 * Waits as long as `Retry-After` says, up to a limit, else with growing pauses. Throws the last error.
 */
export async function askWithRetries(
  caller: ModelCaller,
  ask: () => Promise<string>,
  until: { readonly retries: number; readonly signal: AbortSignal },
): Promise<Asked> {
  for (let requests = 1; ; requests += 1) {
    try {
      return { text: await ask(), requests };
    } catch (error) {
      if (requests > until.retries || until.signal.aborted || !mayPass(error)) throw error;
      const waitMs = pauseMs(caller, error, requests);
      const reason = caller.scrubber.scrub(describe(error));
      caller.log?.warn({ server: caller.server, requests, waitMs, reason }, 'the model did not answer; asking again');
      await pause(waitMs, until.signal, error);
    }
  }
}

/** When time runs out in a pause, what the server said before it is worth more than that. */
async function pause(waitMs: number, signal: AbortSignal, said: unknown): Promise<void> {
  await delay(waitMs, undefined, { signal }).catch(() => Promise.reject(said));
}

/** Why a request got no answer at all, or null when it got one. */
export function transportFailure(error: unknown): TransportError | null {
  const cause = error instanceof APIConnectionError ? error.cause : error;
  return cause instanceof TransportError ? cause : null;
}

/** Did the server stay away or take too long? Anything else without a status is a mistake of ours. */
export function isSilence(error: unknown): boolean {
  const timedOut = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  return timedOut || error instanceof APIUserAbortError || transportFailure(error) !== null;
}

function mayPass(error: unknown): boolean {
  const failure = transportFailure(error)?.failure;
  if (failure !== undefined) return failure === 'connection' || failure === 'broken_body';
  if (!(error instanceof APIError) || error.status === undefined) return false;
  // An account without credit answers 429 too, and no waiting helps.
  if (error.code === 'insufficient_quota') return false;
  return error.status === 408 || error.status === 409 || error.status === 429 || error.status >= 500;
}

function pauseMs(caller: ModelCaller, error: unknown, requests: number): number {
  const { backoffMs, maxRetryAfterMs } = caller.limits;
  const told = error instanceof APIError ? retryAfterMs(error.headers?.get('retry-after') ?? null) : null;
  // A server that says "in a year" must not hold a job for a year.
  return Math.min(told ?? backoffMs * 4 ** (requests - 1), maxRetryAfterMs);
}

/** `Retry-After` in seconds or as an HTTP date (RFC 9110 §10.2.3); null when it is neither. */
function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - Date.now());
}
