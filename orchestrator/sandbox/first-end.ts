import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputEnd } from './read-output.ts';

export type RunEnd = OutputEnd | { readonly kind: 'out_of_time' };

/** The race that every run is: its output ends, its time is up, or it is cancelled (throws the signal's reason). */
export async function firstEnd(output: Promise<OutputEnd>, seconds: number, signal: AbortSignal): Promise<RunEnd> {
  // First of all: a clock that nobody has begun to wait for would end the process when it is stopped.
  signal.throwIfAborted();
  const over = new AbortController();
  const cancelled = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => cancelled.reject(signal.reason), { once: true, signal: over.signal });
  const outOfTime = sleep(seconds * 1000, { kind: 'out_of_time' } as const, { signal: over.signal });
  try {
    return await Promise.race([output, outOfTime, cancelled.promise]);
  } finally {
    over.abort();
  }
}
