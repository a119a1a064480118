import type { CommitId, CommitInput } from '../ports/git.ts';
import { branchRef, checkedId } from './names.ts';
import { must } from './run.ts';

/** Writes a commit object. Identity and date are given, so the same input makes the same id, on any machine. */
export async function makeCommit(gitDir: string, input: CommitInput): Promise<CommitId> {
  const { parent, tree, message, author, date } = input;
  for (const text of [author.name, author.email]) {
    // A newline or "<" would end the line early and write headers of its own.
    if (!/^[^\p{C}<>]+$/u.test(text)) throw new TypeError('the author of a commit has a character that git forbids');
  }
  const when = `@${Math.floor(date.getTime() / 1000)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: when,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_COMMITTER_DATE: when,
  };
  const args = ['commit-tree', '-p', checkedId(parent), '-F', '-', checkedId(tree)];
  const id = await must({ args, gitDir, env, stdin: Buffer.from(message) });
  return checkedId(Buffer.from(id).toString('latin1').trim());
}

/** Points a branch of the bare repository at a commit, whatever it pointed at before. */
export async function pointBranch(gitDir: string, name: string, commit: CommitId): Promise<void> {
  await must({ args: ['update-ref', branchRef(name), checkedId(commit)], gitDir });
}
