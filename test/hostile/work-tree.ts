/** A throw-away directory in which plain `git apply` really writes files, and a look at what became of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OracleFile, OracleTree } from './oracle.ts';

export interface WorkTree extends AsyncDisposable {
  /** Writes the files anew, applies, and returns what is there; null = git refused. */
  apply(diff: Uint8Array): Promise<OracleTree | null>;
}

/** In a directory of its own with one beside it that must stay empty. Not a repository: no hook, no config, no filter. */
export async function openWorkTree(base: OracleTree): Promise<WorkTree> {
  const root = await mkdtemp(join(tmpdir(), 'self-coding-fuzz-'));
  const tree = join(root, 'tree');
  const outside = join(root, 'outside');
  await mkdir(outside);
  let fresh = false;
  return {
    apply: async (diff) => {
      if (!fresh) await writeAll(tree, base);
      const exitCode = await gitApply(root, tree, diff);
      const after = await readAll(tree);
      fresh = same(after, base);
      if ((await readdir(root)).length !== 2) throw new Error('git wrote beside the tree');
      if ((await readdir(outside)).length !== 0) throw new Error('git wrote through a link');
      // In a work tree git may notice only while it writes (a file in the place of a directory): that is a refusal too.
      return exitCode === 0 ? after : null;
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

async function gitApply(root: string, cwd: string, diff: Uint8Array): Promise<number | null> {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CEILING_DIRECTORIES: root,
  };
  const args = ['apply', '--whitespace=nowarn', '-p1', '-'];
  const child = spawn('git', args, { cwd, env, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.on('error', () => undefined).end(diff);
  const [code]: readonly unknown[] = await once(child, 'close');
  return typeof code === 'number' ? code : null;
}

async function writeAll(tree: string, files: OracleTree): Promise<void> {
  await rm(tree, { recursive: true, force: true });
  for (const [path, { mode, bytes }] of files) {
    const full = join(tree, path);
    await mkdir(dirname(full), { recursive: true });
    if (mode === '120000') await symlink(Buffer.from(bytes).toString(), full);
    else await writeFile(full, bytes);
    if (mode === '100755') await chmod(full, 0o755);
  }
}

/** Names are bytes on a disk: one that is no UTF-8 is read too, and shown with U+FFFD. */
async function readAll(tree: string): Promise<OracleTree> {
  const files = new Map<string, OracleFile>();
  const walk = async (directory: Buffer, prefix: string): Promise<void> => {
    for (const name of await readdir(directory, { encoding: 'buffer' })) {
      const full = Buffer.concat([directory, Buffer.from('/'), name]);
      const path = `${prefix}${name.toString()}`;
      const info = await lstat(full);
      if (info.isDirectory()) await walk(full, `${path}/`);
      else if (info.isSymbolicLink()) files.set(path, { mode: '120000', bytes: Buffer.from(await readlink(full)) });
      else files.set(path, { mode: (info.mode & 0o100) === 0 ? '100644' : '100755', bytes: await readFile(full) });
    }
  };
  await walk(Buffer.from(tree), '');
  return files;
}

function same(a: OracleTree, b: OracleTree): boolean {
  return a.size === b.size && changedPaths(a, b).length === 0;
}

/** Paths whose bytes or mode differ. */
export function changedPaths(before: OracleTree, after: OracleTree): readonly string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => {
    const [was, now] = [before.get(path), after.get(path)];
    return was === undefined || now === undefined || was.mode !== now.mode || !Buffer.from(was.bytes).equals(now.bytes);
  });
}
