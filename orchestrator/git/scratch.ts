/** A private directory for one operation: its index, its askpass, its config. Gone when the operation ends. */
import { mkdtempDisposable } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of scratch directories begin with this, so that a sweep can tell them from repositories. */
export const scratchPrefix = 'scratch-';

export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

/** Makes one beside the repositories in `home` (mode 0700, as mkdtemp does it); dispose of it with `await using`. */
export async function openScratch(home: string): Promise<Scratch> {
  return mkdtempDisposable(join(home, scratchPrefix));
}
