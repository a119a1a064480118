/** A state directory of the engine, and files around it that nobody may touch. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Snapshot, snapshotOf } from '../support/snapshot.ts';

export interface Place extends AsyncDisposable {
  readonly stateDir: string;
  /** Where a repository can be made in it. */
  readonly gitDir: string;
  /** Of everything around the state directory. */
  snapshot(): Promise<Snapshot>;
}

/** Where `..` of the state directory or of a repository in it leads to, and what git would read or run there. */
const around = ['.gitconfig', '.env', 'evil.js', 'a.js', '.git/config', '.git/hooks/post-checkout', 'src/a.js'];

export async function openPlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), 'self-coding-hostile-'));
  const stateDir = join(root, 'state');
  await mkdir(stateDir);
  for (const path of around) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `canary of ${path}\n`);
  }
  return {
    stateDir,
    gitDir: join(stateDir, 'base.git'),
    snapshot: () => snapshotOf(root, ['state']),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
