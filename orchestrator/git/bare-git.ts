import type { BareGit, CommitId, TreeEntry } from '../ports/git.ts';
import { applyDiff } from './apply.ts';
import { readBlobs, readContents, readFile } from './blobs.ts';
import { listChanges } from './changes.ts';
import { makeCommit, pointBranch } from './commit.ts';
import { listEntries } from './entries.ts';
import { listNames } from './names-in.ts';
import { makePack } from './pack.ts';
import { makePatch } from './patch.ts';
import { type Readers, readOnce } from './readers.ts';

/**
 * Plumbing on one bare repository of our own (an absolute path). No work tree, no network, no secret.
 * The signal ends what strangers can make long: the applying of a diff. `readers` that stay make many trials quicker.
 */
export function createBareGit(gitDir: string, signal?: AbortSignal, readers: Readers = readOnce(gitDir)): BareGit {
  const listings = new Map<CommitId, Promise<readonly TreeEntry[]>>();
  return {
    // A commit's listing never changes, and is asked for in every round.
    entries: (commit) => {
      const listing = listings.get(commit) ?? listEntries(gitDir, commit);
      listings.set(commit, listing);
      return listing;
    },
    names: (commit, directories) => listNames(gitDir, commit, directories, readers),
    file: (commit, path) => readFile(gitDir, commit, path),
    blobs: (ids) => readBlobs(gitDir, ids, readers),
    contents: (ids) => readContents(gitDir, ids, readers),
    apply: (base, diff) => applyDiff(gitDir, base, diff, { signal }),
    changes: (base, tree) => listChanges(gitDir, base, tree, readers),
    patch: (base, tree) => makePatch(gitDir, base, tree),
    pack: (commit) => makePack(gitDir, commit),
    commit: (input) => makeCommit(gitDir, input),
    branch: (name, commit) => pointBranch(gitDir, name, commit),
  };
}
