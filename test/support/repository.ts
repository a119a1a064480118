/** Small real repositories for tests, made by git itself and independent of the code under test. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file's text or bytes, or these with a mode: `100755`, `120000` (content = target), `160000` (content = commit id). */
export type FileContent =
  | string
  | Uint8Array
  | { readonly mode: '100644' | '100755' | '120000' | '160000'; readonly content: string };

/** By path. null deletes. */
export type Files = Readonly<Record<string, FileContent | null>>;

export interface TestRepository extends AsyncDisposable {
  readonly path: string;
  readonly branch: string;
  /** Commits on top of the branch (made if it isn't there) and returns the commit id. A work tree follows. */
  readonly commit: (files: Files, message?: string) => Promise<string>;
  /** Runs git in it and returns its stdout, trimmed. Throws for any exit code but 0. */
  readonly git: (args: readonly string[], stdin?: Uint8Array | string) => Promise<string>;
}

export interface RepositoryOptions {
  readonly files?: Files;
  readonly branch?: string;
  /** A bare repository, unless false: then a work tree with the branch checked out. */
  readonly bare?: boolean;
  /** Where to make it; a temporary directory by default, which is removed in the end. */
  readonly path?: string;
}

/** Makes a repository; with `files`, with one commit. Dispose of it with `await using`. */
export async function makeRepository(options: RepositoryOptions = {}): Promise<TestRepository> {
  const { branch = 'main', bare = true } = options;
  const parent = options.path === undefined ? await mkdtemp(join(tmpdir(), 'self-coding-repository-')) : null;
  const path = options.path ?? join(parent ?? '', bare ? 'repository.git' : 'repository');
  await runGit(['init', '-q', ...(bare ? ['--bare'] : []), `--initial-branch=${branch}`, path]);
  const git = (args: readonly string[], stdin?: Uint8Array | string) => runGit(['-C', path, ...args], stdin);
  const commit = async (files: Files, message = 'a change') => {
    const parent = await git(['for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`]);
    await git(['fast-import', '--quiet'], script({ branch, parent, files, message }));
    if (!bare) await git(['reset', '-q', '--hard', branch]);
    return git(['rev-parse', branch]);
  };
  if (options.files !== undefined) await commit(options.files, 'the first commit');
  return {
    path,
    branch,
    git,
    commit,
    [Symbol.asyncDispose]: async () => {
      await rm(parent ?? path, { recursive: true, force: true });
    },
  };
}

/** git with no configuration of this machine. */
export async function runGit(args: readonly string[], stdin?: Uint8Array | string): Promise<string> {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/dev/null',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A Person',
    GIT_AUTHOR_EMAIL: 'person@example.org',
    GIT_COMMITTER_NAME: 'A Person',
    GIT_COMMITTER_EMAIL: 'person@example.org',
  };
  return new Promise((resolve, reject) => {
    const child = execFile('git', [...args], { env, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else reject(new Error(`git ${args.join(' ')}: ${stderr}`, { cause: error }));
    });
    // Most commands end without reading: then there is no one to write to, and the exit code says how it went.
    child.stdin?.on('error', () => undefined).end(stdin ?? '');
  });
}

interface CommitScript {
  readonly branch: string;
  /** Empty for the first commit of a branch. */
  readonly parent: string;
  readonly files: Files;
  readonly message: string;
}

/** For `git fast-import`, which takes any mode and any path. */
function script({ branch, parent, files, message }: CommitScript): Uint8Array {
  const head = `commit refs/heads/${branch}\ncommitter A Person <person@example.org> 1700000000 +0000\n`;
  const from = Buffer.from(parent === '' ? '\n' : `\nfrom ${parent}\n`);
  const changes = Object.entries(files).flatMap(([path, file]) => fileCommand(path, file));
  return Buffer.concat([Buffer.from(head), data(message), from, ...changes]);
}

function fileCommand(path: string, file: FileContent | null): readonly Uint8Array[] {
  const quoted = `"${path.replace(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
  if (file === null) return [Buffer.from(`D ${quoted}\n`)];
  const { mode, content } =
    typeof file === 'string' || file instanceof Uint8Array ? { mode: '100644', content: file } : file;
  if (mode === '160000') return [Buffer.from(`M 160000 ${String(content)} ${quoted}\n`)];
  return [Buffer.from(`M ${mode} inline ${quoted}\n`), data(content), Buffer.from('\n')];
}

function data(content: string | Uint8Array): Uint8Array {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from(`data ${bytes.byteLength}\n`), bytes]);
}
