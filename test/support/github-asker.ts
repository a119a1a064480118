/** A forge in front of the fake GitHub, with limits short enough for a test. */
import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createGithubAuth, type GithubAuthOptions } from '../../orchestrator/keys/github-auth.ts';
import { createGithubClient } from '../../orchestrator/keys/github-client.ts';
import { createGithubForge } from '../../orchestrator/keys/github-forge.ts';
import { createScrubber } from '../../orchestrator/keys/scrub.ts';
import type { PullRequestInput } from '../../orchestrator/ports/forge.ts';
import type { Repository } from '../../orchestrator/ports/git.ts';
import { createContract } from './github-contract.ts';
import { type FakeRepository, type GithubServerOptions, startGithubServer } from './github-server.ts';

/** Must never be seen again. */
export const token = 'ghp_canary0123456789abcdefghijklmnop';
export const branchCommit = 'b'.repeat(40);
export const never = new AbortController().signal;

const contract = createContract();

const heads: Readonly<Record<string, string>> = {
  main: 'a'.repeat(40),
  'self-build/p1': branchCommit,
  other: 'd'.repeat(40),
};

const head = (branch: string) => heads[branch] ?? null;

export interface SetUp {
  readonly repository?: Partial<FakeRepository>;
  /** Null = none is set. */
  readonly token?: string | null;
  readonly app?: GithubAuthOptions['app'];
  readonly publicKey?: NonNullable<GithubServerOptions['app']>['publicKey'];
  readonly basePath?: string;
  readonly timeoutMs?: number;
  readonly rateLimitSecondMs?: number;
}

/** A fake with `acme/widgets`, and a forge for it. Disposing asserts that no request broke GitHub's description. */
export async function setUp(given: SetUp = {}) {
  const app = given.app && given.publicKey ? { app: { id: given.app.id, publicKey: given.publicKey } } : {};
  const server = await startGithubServer({
    repositories: [
      { fullName: 'acme/widgets', head, ...given.repository },
      { fullName: 'acme/secrets', head },
    ],
    token,
    contract,
    basePath: given.basePath ?? '',
    ...app,
  });
  const { apiUrl, webUrl: githubUrl } = server;
  const logged: string[] = [];
  const log = pino({ base: null }, { write: (line) => void logged.push(line) });
  const scrubber = createScrubber([token]);
  const { timeoutMs = 10_000, rateLimitSecondMs = 1 } = given;
  const client = createGithubClient({ apiUrl, log, timeoutMs, rateLimitSecondMs });
  const usedToken = given.token === undefined ? token : given.token;
  const auth = createGithubAuth({ client, githubUrl, token: usedToken, app: given.app ?? null, scrubber, log });
  const forge = createGithubForge({ client, auth, githubUrl, scrubber, log });
  const repository: Repository = { kind: 'remote', id: `${githubUrl}/acme/widgets.git` };
  return {
    server,
    client,
    auth,
    forge,
    repository,
    logged,
    scrubber,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      assert.deepEqual(server.violations, []);
      assert.ok(!logged.join('').includes(token), 'the token is in the log');
    },
  };
}

type Github = Awaited<ReturnType<typeof setUp>>;

export function inputOf(github: Pick<Github, 'repository'>, more: Partial<PullRequestInput> = {}): PullRequestInput {
  return {
    repository: github.repository,
    proposalId: 'p1',
    baseBranch: 'main',
    branch: 'self-build/p1',
    commit: branchCommit,
    title: 'Fix it',
    body: 'What and why',
    labels: [],
    ...more,
  };
}

export async function openOnce(github: Pick<Github, 'repository' | 'forge'>, more: Partial<PullRequestInput> = {}) {
  return await github.forge.openPullRequest(inputOf(github, more), never);
}
