/** Trials that many rows of a batch use one after the other, or a few at once. */
import type { Revision, Trial } from '../keys/fetch-revision.ts';

/** Objects of so many tries are kept before a fresh trial takes over. */
const triesEach = 500;
/** Each keeps two processes of git. */
const mostTrials = 8;

interface Shared {
  readonly trial: Promise<Trial>;
  tries: number;
  users: number;
  retired: boolean;
}

export interface SharedTrials extends AsyncDisposable {
  readonly use: <T>(revision: Revision, work: (trial: Trial) => Promise<T>) => Promise<T>;
}

/** Disposing closes every trial; nobody may be using one then. */
export function openSharedTrials(): SharedTrials {
  const current = new Map<Revision, Shared>();
  const closing: Promise<unknown>[] = [];

  // One that could not be opened has nothing to close; whoever asked for it was told.
  const close = async (shared: Shared) => (await shared.trial.catch(() => null))?.[Symbol.asyncDispose]();
  const retire = (revision: Revision, shared: Shared) => {
    current.delete(revision);
    shared.retired = true;
    if (shared.users === 0) closing.push(close(shared));
  };
  const take = (revision: Revision): Shared => {
    const known = current.get(revision);
    if (known !== undefined && known.tries >= triesEach) retire(revision, known);
    const shared = current.get(revision) ?? { trial: revision.openTrial(true), tries: 0, users: 0, retired: false };
    // The last used stands last.
    current.delete(revision);
    current.set(revision, shared);
    for (const [oldest, its] of current) if (current.size > mostTrials) retire(oldest, its);
    return shared;
  };

  return {
    use: async (revision, work) => {
      const shared = take(revision);
      shared.tries += 1;
      shared.users += 1;
      try {
        return await work(await shared.trial);
      } catch (error) {
        // Its processes may be gone, and the next row shall not suffer for it.
        if (current.get(revision) === shared) retire(revision, shared);
        throw error;
      } finally {
        shared.users -= 1;
        if (shared.retired && shared.users === 0) closing.push(close(shared));
      }
    },
    [Symbol.asyncDispose]: async () => {
      for (const [revision, shared] of current) retire(revision, shared);
      await Promise.all(closing);
    },
  };
}
