import type { CommitId } from '../ports/git.ts';
import { checkedId } from './names.ts';
import { must } from './run.ts';

/** Bytes of a pack, and so of what one sandbox is sent. */
export const packBytes = 512 * 2 ** 20;

/**
 * A pack with exactly this commit and its tree: no history, other branch or tag for a sandbox to look into.
 * Throws `Fault` over 512 MiB.
 */
export async function makePack(gitDir: string, commit: CommitId): Promise<Uint8Array> {
  const id = checkedId(commit);
  // `--shallow` cuts the parents off, whatever else this repository has of them.
  const stdin = Buffer.from(`--shallow ${id}\n${id}\n`);
  const args = ['pack-objects', '--revs', '--stdout', '-q'];
  return must({ args, gitDir, stdin, stdoutBytes: packBytes });
}
