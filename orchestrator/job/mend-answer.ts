import { type BaseReader, mend, type Mended } from '../mend/mend.ts';
import type { Refused } from '../outcome.ts';
import type { Base, TreeEntry } from '../ports/git.ts';

/**
 * From the model's words to a diff that strict `git apply` takes, or a refusal that says what to do better.
 * Reads the base from git objects only, and each file once at most.
 */
export function mendAnswer(base: Pick<Base, 'git' | 'commit'>, answer: string): Promise<Mended | Refused> {
  return mend(answer, readerOf(base));
}

function readerOf({ git, commit }: Pick<Base, 'git' | 'commit'>): BaseReader {
  let listing: Promise<ReadonlyMap<string, TreeEntry>> | null = null;
  const entries = () => (listing ??= list(git, commit));
  return {
    paths: async () => [...(await entries()).keys()],
    read: async (path) => {
      const entry = (await entries()).get(path);
      if (entry === undefined) return null;
      const [bytes] = await git.blobs([entry.id]);
      return bytes ?? null;
    },
  };
}

/** Regular files; a link's text is no content to mend against. */
async function list(git: Base['git'], commit: Base['commit']): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = await git.entries(commit);
  return new Map(entries.filter(({ mode }) => mode.startsWith('100')).map((entry) => [entry.path, entry]));
}
