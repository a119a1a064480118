import type { CommitId, TreeId } from '../ports/git.ts';
import { checkedId } from './names.ts';
import { must } from './run.ts';

/** Far above what policy lets through, and an end to a small diff that copies one large file many times. */
const patchBytes = 64 * 2 ** 20;

const canonical = [
  '--no-ext-diff', // no program of a configuration
  '--no-textconv', // no program of a configuration
  '--no-color',
  '--no-renames', // both sides of a rename in full
  '--full-index', // whole ids, so that it applies strictly
  '--binary',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--diff-algorithm=myers',
];

/** The canonical patch: written by git from two trees, not taken from anyone's text. Throws `Fault` over 64 MiB. */
export async function makePatch(gitDir: string, base: CommitId, tree: TreeId): Promise<Uint8Array> {
  const args = ['diff', ...canonical, checkedId(base), checkedId(tree)];
  return must({ args, gitDir, stdoutBytes: patchBytes });
}
