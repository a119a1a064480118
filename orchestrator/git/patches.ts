import { refuse, type Refused } from '../outcome.ts';
import { malformed, pathFrom, records } from './records.ts';
import { type GitCommand, run } from './run.ts';

/** One file's part of a diff, as git reads it. */
export interface Patch {
  readonly path: string;
  readonly binary: boolean;
}

const head = /^(\d+|-)\t(\d+|-)\t/;

/**
 * What git takes a diff for, without applying it: `git apply --numstat -z`. `diff_invalid` when git can't parse it.
 * A path is the new one, or the old one of a deletion; it is unchecked, and it is no basis for policy.
 */
export async function listPatches(
  gitDir: string,
  diff: Uint8Array,
  limits: Pick<GitCommand, 'timeoutMs' | 'signal'> = {},
): Promise<{ readonly kind: 'listed'; readonly patches: readonly Patch[] } | Refused> {
  const args = ['apply', '--numstat', '-z', '-p1', '-'];
  const result = await run({ args, gitDir, stdin: diff, ...limits });
  if (result.exitCode !== 0) return refuse('diff_invalid', `git can't read the diff: ${result.stderr}`);
  return { kind: 'listed', patches: parsePatches(result.stdout) };
}

/** Output of `git apply --numstat -z`. */
export function parsePatches(numstat: Uint8Array): readonly Patch[] {
  return [...records(numstat)].map(parsePatch);
}

function parsePatch(record: Uint8Array): Patch {
  const [prefix, added] = head.exec(Buffer.from(record).toString('latin1')) ?? [];
  if (prefix === undefined) throw malformed(record);
  return { path: pathFrom(record.subarray(prefix.length)), binary: added === '-' };
}
