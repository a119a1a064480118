import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import { records, pathFrom } from '../git/records.ts';
import { printable } from '../git/printable.ts';
import { run } from '../git/run.ts';
import { refuse, type Refused } from '../outcome.ts';

/**
 * Refuses with `worktree_not_clean` when a person's work tree has staged, unstaged or untracked changes: a pull request
 * from the last commit would not be what they see. `repo_unsupported` when git can't tell. Null = clean.
 *
 * `status`, and the look at the configuration before it, are the only git commands that a job runs in a work tree. They
 * write nothing, run no hook, no fsmonitor and no filter, and don't enter submodules.
 */
export async function checkClean(path: string, signal: AbortSignal): Promise<Refused | null> {
  const place = { gitDir: join(path, '.git'), workTree: path, signal };
  const filters = await run({ args: listFilters, ...place });
  // 1 = there are none. Where the configuration can't be read, `status` fails for the same reason.
  const listing = filters.exitCode === 0 ? filters.stdout : new Uint8Array();
  // A name that would come out changed in an environment names a program that would run.
  if (!isUtf8(listing) || listing.byteLength > mostFilterBytes) {
    return refuse('repo_unsupported', `${printable(path)} has filters that can't be switched off; give a bare clone.`);
  }
  const env = withoutFilters(listing);
  const result = await run({ args: status, env, ...place });
  if (result.exitCode !== 0) {
    return refuse('repo_unsupported', `git can't tell whether ${printable(path)} is clean: ${result.stderr}`);
  }
  const paths = [...records(result.stdout)].map((record) => printable(pathFrom(record.subarray(3)), 200));
  if (paths.length === 0) return null;
  const names = paths.slice(0, 5).join(', ') + (paths.length > 5 ? ', …' : '');
  const advice = "Commit, stash or ignore them; only the repository's own ignore rules count.";
  return refuse(
    'worktree_not_clean',
    `${printable(path)} has ${paths.length} uncommitted changes: ${names}. ${advice}`,
  );
}

const status = [
  'status',
  '--porcelain=v1',
  '-z',
  '--untracked-files=normal',
  '--no-renames',
  // `dirty` compares commits only: to look into a submodule git would start a git there, under its configuration.
  '--ignore-submodules=dirty',
];

/** `filter.<driver>.clean` and its like: programs that `status` would run on files whose time stamps changed. */
const filterKeys = String.raw`^filter\..*\.(clean|smudge|process|required)$`;
/** Of all names together; an environment has room for 128 KiB a variable. */
const mostFilterBytes = 65_536;
const listFilters = ['config', '--null', '--name-only', '--get-regexp', filterKeys];

/** Every driver set to nothing, by the environment: a driver's name may hold a `=`, which `-c` would split. */
function withoutFilters(listing: Uint8Array): Readonly<Record<string, string>> {
  const keys = new Set([...records(listing)].map((record) => Buffer.from(record).toString('utf8')));
  const pairs = [...keys].flatMap((key, index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, key.endsWith('.required') ? 'false' : ''],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(keys.size) };
}
