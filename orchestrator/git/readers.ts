/** How objects and differences are read: by a process for each question, or by two that stay for many questions. */
import type { CommitId, TreeId } from '../ports/git.ts';
import { checkedId } from './names.ts';
import { must } from './run.ts';
import { Coprocess } from './coprocess.ts';

/** Bytes of all objects of one request together. */
const requestBytes = 256 * 2 ** 20;

export interface Readers {
  /** The answer of `git cat-file --batch` to these names. Throws `Fault` over 256 MiB. */
  readonly objects: (names: readonly string[]) => Promise<Uint8Array>;
  /** The raw records of `git diff-tree -r -z` between two trees or commits. */
  readonly differences: (from: string, to: string) => Promise<Uint8Array>;
}

/** Renames are shown as what they are, a deletion and an addition, so that both sides are judged. */
const diffTree = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-renames', '--no-ext-diff', '--no-textconv'];

export function readOnce(gitDir: string): Readers {
  return {
    objects: (names) => {
      const stdin = Buffer.from(names.map((name) => `${oneLine(name)}\n`).join(''));
      return must({ args: ['cat-file', '--batch'], gitDir, stdin, stdoutBytes: requestBytes });
    },
    differences: (from, to) => must({ args: [...diffTree, checkedId(from), checkedId(to)], gitDir }),
  };
}

/** Objects that are made while they run are seen. For differences from this one commit, whose tree is given. */
export function keepReading(
  gitDir: string,
  base: { readonly commit: CommitId; readonly tree: TreeId },
): Readers & AsyncDisposable {
  const objects = new Coprocess({ args: ['cat-file', '--batch'], gitDir }, (line) => `${line} missing`);
  const trees = new Coprocess({ args: [...diffTree, '--stdin'], gitDir }, (line) => line);
  return {
    objects: (names) => objects.ask(names.map(oneLine)),
    differences: async (from, to) => {
      // Of a commit it would show the change that the commit made.
      const question = `${checkedId(from === base.commit ? base.tree : from)} ${checkedId(to)}`;
      const answer = await trees.ask([question]);
      // It repeats the question first.
      return answer.subarray(question.length + 1);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([objects[Symbol.asyncDispose](), trees[Symbol.asyncDispose]()]);
    },
  };
}

/** A line break would make two questions of one. */
function oneLine(name: string): string {
  if (name.includes('\n')) throw new TypeError('a name with a line break can not be asked for');
  return name;
}
