import { dirname, join } from 'node:path';
import { refuse, type Refused } from '../outcome.ts';
import type { Applied, CommitId, TreeId } from '../ports/git.ts';
import { nameOf } from '../text/quoted-name.ts';
import { copyBaseIndex } from './base-index.ts';
import { listChanges } from './changes.ts';
import { checkedId } from './names.ts';
import { listPatches, parsePatches, type Patch } from './patches.ts';
import { printable } from './printable.ts';
import { Crashed, type GitCommand, type GitResult, must, OutOfTime, run } from './run.ts';
import { openScratch } from './scratch.ts';

/**
 * How long git may read a diff, and apply it. It looks for each hunk in the whole file: some MB of equal lines take it
 * minutes, and would take them again at each delivery. 20 s is a thousand times what an honest diff needs.
 */
const applyMs = 20_000;
/** Of git for one diff; each copy of a file costs it that file's size. */
const memoryBytes = 2 ** 30;
/** Of one object that it writes. */
const fileBytes = 2 ** 28;

export type ApplyLimits = Pick<GitCommand, 'timeoutMs' | 'signal'>;

/**
 * Strict `git apply --cached` on a fresh index, then `write-tree`: nothing is mended, merged, or applied in part, and no
 * file is written outside the object store. Judges only whether it applies; what it may touch is policy's business.
 * The tree may be the base's own. Refuses with `diff_empty`, `diff_invalid`, `diff_binary`, `diff_path_invalid`, `diff_not_applicable` or
 * `diff_ambiguous`; the reason carries git's own words, so that a model can mend its diff.
 */
export async function applyDiff(
  gitDir: string,
  base: CommitId,
  diff: Uint8Array,
  limits: ApplyLimits = {},
): Promise<Applied | Refused> {
  if (isBlank(diff)) return refuse('diff_empty', 'The diff is empty.');
  const timeoutMs = limits.timeoutMs ?? applyMs;
  try {
    return await applyWithin(gitDir, base, diff, { ...limits, timeoutMs });
  } catch (error) {
    if (error instanceof Crashed) return refuse('diff_invalid', `git can't read the diff: ${error.message}`);
    if (!(error instanceof OutOfTime)) throw error;
    return refuse('diff_not_applicable', `The diff took too long to apply: more than ${timeoutMs} ms.`);
  }
}

async function applyWithin(
  gitDir: string,
  base: CommitId,
  diff: Uint8Array,
  limits: ApplyLimits,
): Promise<Applied | Refused> {
  // An index of its own: two jobs on one repository never meet.
  await using scratch = await openScratch(dirname(gitDir));
  const env = { GIT_INDEX_FILE: join(scratch.path, 'index') };
  await copyBaseIndex(gitDir, base, env.GIT_INDEX_FILE);
  // Never --index, --3way, --reject, --recount or --unsafe-paths: each guesses, or writes files (CVE-2023-25652).
  const args = ['apply', '--cached', '--numstat', '-z', '--apply', '--whitespace=nowarn', '-p1', '-'];
  const result = await run({ args, gitDir, env, stdin: diff, memoryBytes, fileBytes, ...limits });
  if (result.exitCode !== 0) return await whyNot(gitDir, diff, { ...limits, result });
  const tree = idFrom(await must({ args: ['write-tree'], gitDir, env }));
  return (
    (await ambiguity(gitDir, base, { tree, diff, patches: parsePatches(result.stdout) })) ?? { kind: 'applied', tree }
  );
}

/** The tree of a commit. */
export async function treeOf(gitDir: string, commit: CommitId): Promise<TreeId> {
  return idFrom(await must({ args: ['rev-parse', '--verify', '--quiet', `${checkedId(commit)}^{tree}`], gitDir }));
}

function idFrom(output: Uint8Array): string {
  return checkedId(Buffer.from(output).toString('latin1').trim());
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d));
}

/** Can git read it at all? Then a path, a binary part or the base is in the way. */
async function whyNot(
  gitDir: string,
  diff: Uint8Array,
  { result, ...limits }: ApplyLimits & { readonly result: GitResult },
): Promise<Refused> {
  const listed = await listPatches(gitDir, diff, limits);
  if (listed.kind === 'refused') return listed;
  const { stderr } = result;
  const invalid = listed.patches.find(({ path }) => leadsAstray(path));
  if (invalid !== undefined) {
    const path = printable(invalid.path, 400);
    return refuse('diff_path_invalid', `git does not take the path ${path}: ${stderr}`, path);
  }
  const binary = listed.patches.find((patch) => patch.binary);
  if (binary !== undefined)
    return refuse('diff_binary', `${printable(binary.path, 400)} is a binary change: ${stderr}`);
  return refuse('diff_not_applicable', `The diff does not apply to the base commit: ${stderr}`);
}

/** Paths out of the tree or into .git, in the spellings that git refuses for any file system. */
function leadsAstray(path: string): boolean {
  const names = path.split(/[/\\]/).map((name) => name.replace(/\p{Cf}/gu, '').toLowerCase());
  return names.some((name) => ['', '.', '..'].includes(name) || /^(?:\.git|git~1)[. ]*(?::.*)?$/.test(name));
}

interface AppliedDiff {
  readonly tree: TreeId;
  readonly diff: Uint8Array;
  readonly patches: readonly Patch[];
}

/**
 * The same file twice: git applies one after the other, a reader sees one of them. Only a change of type (a file becomes
 * a link) is rightly written as two, a deletion and an addition.
 */
async function ambiguity(
  gitDir: string,
  base: CommitId,
  { tree, diff, patches }: AppliedDiff,
): Promise<Refused | null> {
  const renamed = renamedTwice(diff, patches);
  if (renamed !== null) return twice(renamed, 'and renames it as well');
  const counts = Map.groupBy(patches, ({ path }) => path);
  const repeated = [...counts].filter(([, same]) => same.length > 1);
  if (repeated.length === 0) return null;
  const changes = await listChanges(gitDir, base, tree);
  const retyped = new Set(changes.filter(({ status }) => status === 'T').map(({ path }) => path));
  const found = repeated.find(([path, same]) => same.length > 2 || !retyped.has(path));
  return found === undefined ? null : twice(found[0], `${found[1].length} times`);
}

/** A file that is changed under its old name and renamed away as well: the order would decide. */
function renamedTwice(diff: Uint8Array, patches: readonly Patch[]): string | null {
  const text = Buffer.from(diff).toString('utf8');
  const named = (mark: RegExp) => new Set([...text.matchAll(mark)].map((match) => nameOf(match[1] ?? '')));
  const [sources, targets] = [named(/^rename (?:from|old) (.*)$/gm), named(/^(?:rename (?:to|new)|copy to) (.*)$/gm)];
  return patches.find(({ path }) => sources.has(path) && !targets.has(path))?.path ?? null;
}

function twice(name: string, how: string): Refused {
  const path = printable(name, 400);
  return refuse('diff_ambiguous', `The diff changes ${path} ${how}; write one change per file.`, path);
}
