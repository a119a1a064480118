/** A bare repository that reads a mirror's objects and keeps its own apart: what is tried in it leaves nothing behind. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommitId } from '../ports/git.ts';
import { baseIndexOf } from './base-index.ts';
import { openScratch, type Scratch } from './scratch.ts';
import { attributes } from './settings.ts';

/**
 * Borrows a mirror for one try at its base commit. Files instead of `git init`, which would cost as much as the try.
 * Its `path` is the bare repository; dispose of it with `await using`.
 */
export async function borrowMirror(mirror: string, commit: CommitId): Promise<Scratch> {
  await using opened = new AsyncDisposableStack();
  const scratch = opened.use(await openScratch(dirname(mirror)));
  const gitDir = join(scratch.path, 'borrowed.git');
  await mkdir(join(gitDir, 'objects', 'info'), { recursive: true });
  await mkdir(join(gitDir, 'refs'));
  await mkdir(join(gitDir, 'info'));
  await writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(gitDir, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n');
  await writeFile(join(gitDir, 'info', 'attributes'), attributes);
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${join(mirror, 'objects')}\n`);
  const kept = await baseIndexOf(mirror, commit);
  await copyFile(kept, join(gitDir, `${commit}.index`));
  const all = opened.move();
  return { path: gitDir, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
