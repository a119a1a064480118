import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Repeats `reapOnce` (which must not throw), `everyMs` from the end of one to the begin of the next. It keeps no process
 * alive; disposing stops it and waits for one that is under way.
 */
export function keepReaping(reapOnce: () => Promise<void>, everyMs: number): AsyncDisposable {
  const over = new AbortController();
  const repeating = repeat(reapOnce, everyMs, over.signal);
  return {
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await repeating;
    },
  };
}

async function repeat(reapOnce: () => Promise<void>, everyMs: number, over: AbortSignal): Promise<void> {
  // A sleep rejects only when it is over.
  const slept = () => sleep(everyMs, true, { ref: false, signal: over }).catch(() => false);
  while (await slept()) await reapOnce();
}
