/** The public yardstick: the tolerant tools that the SWE-bench harness tries one after the other, in a work tree. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Commit } from './commits.ts';
import { type Oracle, run } from './git.ts';
import type { Row } from './rows.ts';
import type { Verdict } from './score.ts';

export const tools = ['git apply', 'git apply --3way', 'git apply --reject', 'patch --fuzz=5'] as const;
export type Tool = (typeof tools)[number];

const commands: Readonly<Record<Tool, readonly [string, readonly string[]]>> = {
  'git apply': ['git', ['apply', '-']],
  'git apply --3way': ['git', ['apply', '--3way', '-']],
  'git apply --reject': ['git', ['apply', '--reject', '-']],
  'patch --fuzz=5': ['patch', ['--batch', '--fuzz=5', '-p1', '--no-backup-if-mismatch', '-i', '-']],
};

export type Climbed = Readonly<Record<Tool | 'ladder', Verdict>>;

export interface Ladder {
  /** What each tool makes of the row, and what the first that succeeds makes of it. */
  climb(row: Row): Promise<Climbed>;
}

export function openLadder(oracle: Oracle): Ladder {
  const checkedOut = new Map<Commit, string>();
  return {
    climb: async (row) => {
      const known = checkedOut.get(row.commit);
      const directory = known ?? (await checkOut(oracle, row.commit, checkedOut.size));
      checkedOut.set(row.commit, directory);
      const found: Partial<Record<Tool | 'ladder', Verdict>> = {};
      for (const tool of tools) {
        const verdict = await tryTool(tool, row, directory, oracle);
        found[tool] = verdict;
        if (verdict !== 'refused') found.ladder ??= verdict;
      }
      const verdict = (tool: Tool | 'ladder'): Verdict => found[tool] ?? 'refused';
      const [a, b, c, d] = tools;
      return { [a]: verdict(a), [b]: verdict(b), [c]: verdict(c), [d]: verdict(d), ladder: verdict('ladder') };
    },
  };
}

function where(directory: string) {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: directory,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  return { env, cwd: directory };
}

const identity = [
  '-c',
  'user.name=A',
  '-c',
  'user.email=a@example.org',
  '-c',
  'core.autocrlf=false',
  '-c',
  'gc.auto=0',
];

/** A repository with a work tree of the base, beside the oracle's; it shares its objects. */
async function checkOut(oracle: Oracle, commit: Commit, index: number): Promise<string> {
  const directory = join(oracle.directory, `work-${index}`);
  await mkdir(directory);
  const git = (args: readonly string[]) => run('git', [...identity, ...args], '', where(directory));
  await git(['init', '-q', '--template=']);
  await git(['fetch', '-q', join(oracle.directory, 'r.git'), `refs/heads/base/${commit.id}`]);
  await git(['reset', '-q', '--hard', 'FETCH_HEAD']);
  return directory;
}

async function tryTool(tool: Tool, row: Row, directory: string, oracle: Oracle): Promise<Verdict> {
  const [command, args] = commands[tool];
  const git = (rest: readonly string[]) => run('git', [...identity, ...rest], '', where(directory));
  const { code } = await run(command, args, Buffer.from(extract(row.answer), 'latin1'), where(directory));
  let verdict: Verdict = 'refused';
  if (code === 0) {
    await git(['add', '-A']);
    const tree = (await git(['write-tree'])).stdout.toString().trim();
    verdict = tree === oracle.trees(row.commit).intended ? 'right' : 'wrong';
  }
  // Plain `git apply` changes nothing when it fails.
  if (code !== 0 && tool === 'git apply') return verdict;
  await git(['reset', '-q', '--hard']);
  await git(['clean', '-q', '-fdx']);
  await rm(join(directory, '.git/index.lock'), { force: true });
  return verdict;
}

/** What such harnesses take out of an answer: the fenced blocks that hold a diff, else all of it. */
function extract(answer: string): string {
  const blocks = [...answer.matchAll(/^(`{3,})[^\n]*\n([\s\S]*?)^\1\r?$/gm)].map((match) => match[2] ?? '');
  const diffs = blocks.filter((block) => /^(?:diff --git|--- \S)/m.test(block));
  return diffs.length > 0 ? diffs.join('') : answer;
}
