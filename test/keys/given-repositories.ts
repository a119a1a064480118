/** Repositories of the code under test, with a state directory of their own. */
import assert from 'node:assert/strict';
import { mkdtempDisposable, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRepositories, type RepositoriesOptions } from '../../orchestrator/keys/repositories.ts';
import type { Base, Repositories, Repository } from '../../orchestrator/ports/git.ts';
import { Fault, type Refused } from '../../orchestrator/outcome.ts';
import { type GitAnswer, type GitRequest, type GitServerOptions, startGitServer } from '../support/git-server.ts';

export interface Given extends AsyncDisposable {
  readonly repositories: Repositories;
  readonly stateDir: string;
  /** Resolves and fetches the tip of `main`. */
  fetch(repo: string, branch?: string, pinned?: string | null): Promise<Base | Refused>;
}

/** By default all of the temporary directory and every server of this machine is allowed, and there is no token. */
export async function given(options: Partial<RepositoriesOptions> = {}): Promise<Given> {
  const state = await mkdtempDisposable(join(tmpdir(), 'self-coding-state-'));
  const repositories = createRepositories({
    stateDir: state.path,
    allowedPrefixes: [await realpath(tmpdir())],
    github: { url: 'https://github.com' },
    token: () => Promise.resolve(null),
    ...options,
  });
  return {
    repositories,
    stateDir: state.path,
    fetch: async (repo, branch = 'main', pinned = null) => {
      const repository = await resolved(repositories, repo);
      return repositories.fetchBase({ repository, branch, pinned }, AbortSignal.timeout(60_000));
    },
    [Symbol.asyncDispose]: () => state.remove(),
  };
}

export async function resolved(repositories: Repositories, repo: string): Promise<Repository> {
  const result = await repositories.resolve(repo);
  if (result.kind === 'refused') assert.fail(`${result.code}: ${result.reason}`);
  return result.repository;
}

export function asBase(result: Base | Refused): Base {
  if (result.kind === 'refused') assert.fail(`${result.code}: ${result.reason}`);
  return result;
}

/** Asserts a refusal and returns its reason. */
export function reasonOf(result: { readonly kind: string } | Refused, code: Refused['code']): string {
  assert.ok('code' in result, `not refused: ${JSON.stringify(result)}`);
  assert.equal(result.code, code, result.reason);
  return result.reason;
}

/** For `assert.rejects`. */
export function isFault(code: Fault['code']): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Fault, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

/** Applies a diff that adds one file and commits it. */
export async function change(base: Base, name = 'new.txt', text = 'new'): Promise<string> {
  const diff = `--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+${text}\n`;
  const applied = await base.git.apply(base.commit, Buffer.from(diff));
  if (applied.kind === 'refused') assert.fail(applied.reason);
  const author = { name: 'Engine', email: 'engine@example.org' };
  return base.git.commit({
    parent: base.commit,
    tree: applied.tree,
    message: text,
    author,
    date: new Date(1_700_000_000_000),
  });
}

export const token = 'ghs_CanaryTokenOfThisTest0123456789';

/** A server with a repository `acme/x`, and repositories for which that server is the forge. */
export async function forge(options: GitServerOptions = {}, tokenGiven: string | null = token) {
  const server = await startGitServer({ token, ...options });
  const repository = await server.add('acme/x', { files: { a: 'a\n' } });
  const place = await given({
    allowedPrefixes: [server.url],
    github: { url: server.url },
    token: () => Promise.resolve(tokenGiven),
  });
  return {
    ...place,
    server,
    repository,
    url: `${server.url}/acme/x`,
    [Symbol.asyncDispose]: async () => {
      await place[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

export const isPush = ({ url }: GitRequest) => url.includes('git-receive-pack');

export function status(code: number, headers: Readonly<Record<string, string>> = {}): GitAnswer {
  return { kind: 'status', status: code, headers };
}

export const soon = () => AbortSignal.timeout(60_000);
