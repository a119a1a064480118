/** The oracle: git itself, in a repository of its own in a temporary directory. Nothing of the module under test. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Commit } from './commits.ts';

export interface Oracle extends AsyncDisposable {
  readonly directory: string;
  /** Tree ids of each commit's parent and of the commit. */
  trees(commit: Commit): { readonly base: string; readonly intended: string };
  /** `git diff` with so many lines of context, bytes as a string. */
  diff(commit: Commit, context: number): Promise<string>;
  /** A file of a tree. */
  read(tree: string, path: string): Promise<Buffer>;
  /** Strict `git apply --cached` on the base's tree; the tree id, or null if git refuses. */
  apply(base: string, diff: Uint8Array): Promise<string | null>;
  /** The same for a diff that may have no context. */
  applyBare(base: string, diff: Uint8Array): Promise<string | null>;
}

const settings = ['-c', 'core.autocrlf=false', '-c', 'core.attributesFile=/dev/null', '-c', 'core.quotePath=true'];

function environment(directory: string, index: string): NodeJS.ProcessEnv {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: directory,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_DIR: join(directory, 'r.git'),
    GIT_INDEX_FILE: join(directory, index),
  };
}

export interface Ran {
  readonly code: number;
  readonly stdout: Buffer;
}

export interface Where {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export async function run(
  command: string,
  args: readonly string[],
  input: Uint8Array | string,
  where: Where,
): Promise<Ran> {
  const child = spawn(command, args, { ...where, stdio: ['pipe', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  // A command that refuses its input early closes the pipe; its exit code says so already.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 255));
  });
  return { code, stdout: Buffer.concat(chunks) };
}

export async function openOracle(commits: readonly Commit[]): Promise<Oracle> {
  const directory = await mkdtemp(join(tmpdir(), 'mend-oracle-'));
  const env = environment(directory, 'index');
  const git = (args: readonly string[], input: Uint8Array | string = '', extra: NodeJS.ProcessEnv = env) =>
    run('git', [...settings, ...args], input, { env: extra, cwd: directory });
  await git(['init', '-q', '--bare', '--template=', env['GIT_DIR'] ?? '']);
  await git(['fast-import', '--quiet'], Buffer.from(importStream(commits), 'latin1'));
  const listed = await git(['for-each-ref', '--format=%(refname:lstrip=2) %(tree)']);
  const trees = new Map(
    listed.stdout
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => splitOnce(line)),
  );
  let count = 0;
  const apply = async (base: string, diff: Uint8Array, options: readonly string[]): Promise<string | null> => {
    count += 1;
    const index = `index-${count}`;
    const own = environment(directory, index);
    await git(['read-tree', base], '', own);
    const applied = await git(['apply', '--cached', '--whitespace=nowarn', ...options, '-'], diff, own);
    const written = applied.code === 0 ? await git(['write-tree'], '', own) : null;
    await rm(join(directory, index), { force: true });
    return written === null ? null : written.stdout.toString().trim();
  };
  return {
    directory,
    trees: (commit) => ({ base: treeOf(trees, commit, 'base'), intended: treeOf(trees, commit, 'new') }),
    diff: async (commit, context) => {
      const [base, intended] = [treeOf(trees, commit, 'base'), treeOf(trees, commit, 'new')];
      return (await git(['diff', '-M', `-U${context}`, base, intended])).stdout.toString('latin1');
    },
    read: async (tree, path) => (await git(['cat-file', 'blob', `${tree}:${path}`])).stdout,
    apply: (base, diff) => apply(base, diff, []),
    applyBare: (base, diff) => apply(base, diff, ['--unidiff-zero']),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

function splitOnce(line: string): readonly [string, string] {
  const at = line.lastIndexOf(' ');
  return [line.slice(0, at), line.slice(at + 1)];
}

function treeOf(trees: ReadonlyMap<string, string>, { id }: Commit, side: 'base' | 'new'): string {
  const tree = trees.get(`${side}/${id}`);
  if (tree === undefined) throw new Error(`no ${side} commit of ${id}`);
  return tree;
}

/** One `git fast-import` for everything: each commit on a parent of its own. */
function importStream(commits: readonly Commit[]): string {
  const author = 'committer A <a@example.org> 1700000000 +0000\n';
  return commits
    .map(({ id, before, changes }) => {
      const base = Object.entries(before).map(([path, text]) => fileOf(path, text));
      const next = Object.entries(changes).map(([path, text]) =>
        text === null ? `D "${path}"\n` : fileOf(path, text),
      );
      return `commit refs/heads/base/${id}\n${author}data 0\n${base.join('')}\ncommit refs/heads/new/${id}\n${author}data 0\nfrom refs/heads/base/${id}\n${next.join('')}\n`;
    })
    .join('');
}

function fileOf(path: string, text: string): string {
  return `M 100644 inline "${path}"\ndata ${text.length}\n${text}\n`;
}
