import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import type { Commit } from '../corpus/commits.ts';
import { openOracle } from '../corpus/git.ts';
import { changesOf, writeDiff } from '../../../orchestrator/mend/write/write-diff.ts';

const letters = fc.array(fc.constantFrom('a', 'b', 'c', '', 'long line'), { maxLength: 30 });
const start = 'a\nb\nc\na\nb\nc\n\nlong line\na\nb\nc\na\nb\nc\n';
const commit: Commit = { id: 'one', before: { x: start, open: start.trimEnd() }, changes: {} };
const oracle = await openOracle([commit]);
after(() => oracle[Symbol.asyncDispose]());

test('what is written is what strict git makes of it, for any edit of any lines', async () => {
  const edit = fc.record({ at: fc.nat(14), remove: fc.nat(4), add: letters, at2: fc.nat(14), open: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(edit, async ({ at, remove, add, at2, open }) => {
      const path = open ? 'open' : 'x';
      const base = (commit.before[path] ?? '').split(/(?<=\n)/).filter((line) => line !== '');
      const kept = base.map((text, from) => ({ text, from: text.endsWith('\n') ? from : null }));
      const result = kept.map(({ text, from }) => ({ text: text.endsWith('\n') ? text : `${text}\n`, from }));
      const added = add.map((line) => ({ text: `${line}\n`, from: null }));
      const edited = result.toSpliced(at, remove, ...added).toSpliced(at2, 1);
      const changes = changesOf(base, edited);
      const diff = writeDiff({ old: path, new: path, headers: [], base, changes });
      const tree = await oracle.apply(oracle.trees(commit).base, Buffer.from(changes.length === 0 ? '' : diff));
      if (changes.length > 0) assert.equal(await contentIn(tree, path), edited.map(({ text }) => text).join(''));
    }),
    { numRuns: 40 },
  );
});

async function contentIn(tree: string | null, path: string): Promise<string> {
  assert.ok(tree !== null, 'git refused the diff');
  return (await oracle.read(tree, path)).toString();
}
