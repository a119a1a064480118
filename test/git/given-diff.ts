/** One diff on a small base, in tests of `git apply`. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { applyDiff } from '../../orchestrator/git/apply.ts';
import { listChanges } from '../../orchestrator/git/changes.ts';
import { type Files, makeRepository } from '../support/repository.ts';

const lines = 'one\ntwo\nthree\n';
export const base: Files = {
  'src/a.js': lines,
  'src/b.js': lines,
  'dir/link': { mode: '120000', content: '../../outside' },
};

/** The result of one diff on the base above: what was refused, or the changes in the tree, in `diff-tree`'s order. */
export async function applied(diff: string | Uint8Array, files: Files = base) {
  await using repository = await makeRepository({ files });
  const commit = await repository.git(['rev-parse', 'HEAD']);
  const result = await applyDiff(repository.path, commit, Buffer.from(diff));
  assert.deepEqual(
    (await readdir(dirname(repository.path))).filter((name) => name.startsWith('scratch-')),
    [],
    'no scratch directory is left',
  );
  if (result.kind === 'refused') return { code: result.code, detail: result.detail, reason: result.reason };
  const changes = await listChanges(repository.path, commit, result.tree);
  return changes.map(({ status, path, newMode }) => `${status} ${path} ${newMode}`);
}

export async function code(diff: string | Uint8Array): Promise<string> {
  const result = await applied(diff);
  return 'code' in result ? result.code : `applied: ${result.join(', ')}`;
}

/** Changes the second of three lines. */
export function edit(path: string, from = 'two', to = 'TWO'): string {
  return `--- a/${path}\n+++ b/${path}\n@@ -1,3 +1,3 @@\n one\n-${from}\n+${to}\n three\n`;
}

export function create(path: string, mode = '100644', line = 'x'): string {
  return `diff --git a/${path} b/${path}\nnew file mode ${mode}\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+${line}\n`;
}
