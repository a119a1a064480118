/** Mends an answer and applies the result by strict git in a bare repository of its own: what comes out is what counts. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BaseReader, mend } from '../../orchestrator/mend/mend.ts';
import type { Code } from '../../orchestrator/outcome.ts';
import { run } from '../mend/corpus/git.ts';

/** Path → content; a string is UTF-8. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface Applied {
  readonly kind: 'applied';
  /** Path → new content as UTF-8 (null = gone), for what changed. */
  readonly changed: Readonly<Record<string, string | null>>;
  /** Path → new mode. */
  readonly modes: Readonly<Record<string, string>>;
  readonly diff: string;
  readonly bytes: Buffer;
  readonly repairs: readonly string[];
}

export interface NotMended {
  readonly kind: 'refused';
  readonly code: Code;
  readonly reason: string;
}

export interface Mending extends AsyncDisposable {
  mend(files: Files, answer: string): Promise<Applied | NotMended>;
  /** Fails unless exactly these files changed, to exactly this. */
  becomes(files: Files, answer: string, changed: Applied['changed']): Promise<Applied>;
  refuses(files: Files, answer: string, code: Code): Promise<string>;
}

export function readerOf(files: Files): BaseReader {
  return {
    read: async (path) => {
      const content = files[path];
      return content === undefined ? null : Buffer.from(content);
    },
    paths: async () => Object.keys(files),
  };
}

/** `modes`: of base files that are no ordinary ones, for all mendings of this repository. */
export async function openMending(modes: Readonly<Record<string, string>> = {}): Promise<Mending> {
  const directory = await mkdtemp(join(tmpdir(), 'mending-'));
  const mending: Mending = {
    mend: async (files, answer) => {
      const mended = await mend(answer, readerOf(files));
      if (mended.kind === 'refused') return { kind: 'refused', code: mended.code, reason: mended.reason };
      const { changed, modes: found } = await applyStrictly(directory, { files, modes }, mended.diff);
      const bytes = Buffer.from(mended.diff);
      return { kind: 'applied', changed, modes: found, diff: bytes.toString(), bytes, repairs: mended.repairs };
    },
    becomes: async (files, answer, changed) => {
      const result = await mending.mend(files, answer);
      assert.equal(result.kind, 'applied', result.kind === 'refused' ? `${result.code}: ${result.reason}` : '');
      if (result.kind === 'applied') assert.deepEqual(result.changed, changed);
      return result.kind === 'applied' ? result : assert.fail();
    },
    refuses: async (files, answer, code) => {
      const result = await mending.mend(files, answer);
      assert.equal(result.kind === 'refused' ? result.code : result.diff, code);
      return result.kind === 'refused' ? result.reason : assert.fail();
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
  const made = await run('git', ['init', '-q', '--bare', '--template=', directory], '', where(directory));
  assert.equal(made.code, 0);
  return mending;
}

function where(directory: string) {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: directory,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_DIR: directory,
  };
  return { env, cwd: directory };
}

interface Base {
  readonly files: Files;
  readonly modes: Readonly<Record<string, string>>;
}

async function applyStrictly(directory: string, { files, modes }: Base, diff: Uint8Array) {
  const git = async (args: readonly string[], input: Uint8Array | string = '') => {
    const { code, stdout } = await run('git', ['-c', 'core.quotePath=false', ...args], input, where(directory));
    assert.equal(code, 0, `git ${args.join(' ')} refused:\n${Buffer.from(diff).toString()}`);
    return stdout;
  };
  await git(['read-tree', '--empty']);
  for (const [path, content] of Object.entries(files)) {
    const id = (await git(['hash-object', '-w', '--stdin'], Buffer.from(content))).toString().trim();
    await git(['update-index', '--add', '--cacheinfo', `${modes[path] ?? '100644'},${id},${path}`]);
  }
  const base = (await git(['write-tree'])).toString().trim();
  await git(['apply', '--cached', '--whitespace=nowarn', '-'], diff);
  const tree = (await git(['write-tree'])).toString().trim();
  const raw = (await git(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', base, tree])).toString();
  const fields = raw.split('\0').slice(0, -1);
  const changed: Record<string, string | null> = {};
  const found: Record<string, string> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', , id = '', status] = (fields[at] ?? '').split(' ');
    const path = fields[at + 1] ?? '';
    changed[path] = status === 'D' ? null : (await git(['cat-file', 'blob', id])).toString();
    if (status !== 'D') found[path] = mode;
  }
  return { changed, modes: found };
}
