/** Which files the model is shown: read from git objects of the base commit, never from a checkout. */
import type { BareGit, CommitId, TreeEntry } from '../ports/git.ts';
import { isBlocked } from '../inspect/paths.ts';
import type { DiffPolicy } from '../inspect/policy.ts';
import type { Proposal } from '../ports/proposal.ts';

export interface Context {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly otherPaths: readonly string[];
}

/** Bytes of file text in one request, about 40,000 tokens; well inside a 128,000-token window. */
const textBudget = 160_000;
const fileBudget = 60_000;
const pathBudget = 2_000;

/** Whole files with an allowed suffix, those that the proposal names first, then tests and small files, up to the budget. */
export async function readContext(
  base: CommitId,
  git: BareGit,
  proposal: Proposal,
  policy: DiffPolicy,
): Promise<Context> {
  // What no diff may touch may hold secrets, which must not reach a model's server either, not even as a name.
  const blocked = isBlocked(policy);
  const entries = (await git.entries(base)).filter(
    (entry) => entry.type === 'blob' && entry.mode !== '120000' && !blocked(entry.path),
  );
  const chosen = choose(entries, wordsOf(`${proposal.title}\n${proposal.description}`), policy.suffixes);
  const blobs = await git.blobs(chosen.map((entry) => entry.id));
  const files = chosen.flatMap((entry, index) => {
    const text = textOf(blobs[index]);
    return text === null ? [] : [{ path: entry.path, text }];
  });
  const shown = new Set(files.map((file) => file.path));
  const otherPaths = entries.map((entry) => entry.path).filter((path) => !shown.has(path));
  return { files, otherPaths: otherPaths.slice(0, pathBudget) };
}

function choose(
  entries: readonly TreeEntry[],
  words: ReadonlySet<string>,
  suffixes: readonly string[],
): readonly TreeEntry[] {
  const candidates = entries
    .filter((entry) => suffixes.some((suffix) => entry.path.endsWith(suffix)) && (entry.size ?? 0) <= fileBudget)
    .map((entry) => ({ entry, rank: rank(entry, words) }))
    .toSorted((a, b) => a.rank - b.rank || (a.entry.size ?? 0) - (b.entry.size ?? 0));
  let left = textBudget;
  const chosen: TreeEntry[] = [];
  for (const { entry } of candidates) {
    if ((entry.size ?? 0) > left) continue;
    left -= entry.size ?? 0;
    chosen.push(entry);
  }
  return chosen;
}

/** Everything in a text that could be a path or a name; looked up, not searched, for both sides can be long. */
function wordsOf(text: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const word of text.split(/[^\p{L}\p{N}_./-]+/u)) {
    const path = word.replace(/^\.\//, '').replace(/[./-]+$/, '');
    words.add(path).add(path.slice(path.lastIndexOf('/') + 1));
  }
  return words;
}

/** Lower comes first. */
function rank({ path }: TreeEntry, words: ReadonlySet<string>): number {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (words.has(path)) return 0;
  if (words.has(name)) return 1;
  const stem = name.replace(/\.[^.]+$/, '');
  if (stem.length > 2 && words.has(stem)) return 2;
  return /(^|\/)tests?\//.test(path) ? 3 : 4;
}

function textOf(bytes: Uint8Array | undefined): string | null {
  if (bytes === undefined || bytes.includes(0)) return null;
  return new TextDecoder().decode(bytes);
}
