import { refuse, type Refused } from '../outcome.ts';
import type { CommitId, TreeEntry } from '../ports/git.ts';
import { listEntries } from './entries.ts';
import { TooMuchOutput } from './run.ts';

/** More files than this, and neither a sandbox nor a review would be of use. */
const mostEntries = 200_000;

/**
 * Looks once at the whole tree of a fetched base commit: is it one that we can work on? Null = it is.
 * Modes need no look: git shows the odd ones of old tools, such as 100664, as one of its four, and never writes others.
 */
export async function surveyTree(gitDir: string, commit: CommitId): Promise<Refused | null> {
  const entries = await list(gitDir, commit);
  if ('kind' in entries) return entries;
  if (entries.length <= mostEntries) return null;
  return refuse(
    'repo_unsupported',
    `The base commit has ${entries.length} files; at most ${mostEntries} are supported.`,
  );
}

async function list(gitDir: string, commit: CommitId): Promise<readonly TreeEntry[] | Refused> {
  try {
    return await listEntries(gitDir, commit);
  } catch (error) {
    // Directories that repeat each other a few levels deep list as billions of files; the listing is cut off.
    if (!(error instanceof TooMuchOutput)) throw error;
    return refuse('repo_unsupported', `The files of the base commit can't be listed: ${error.message}`);
  }
}
