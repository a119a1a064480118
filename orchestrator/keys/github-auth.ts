/** Tokens for one repository of GitHub: a fixed one, or one minted by a GitHub App. */
import { createAppAuth } from '@octokit/auth-app';
import type { Logger } from 'pino';
import { z } from 'zod';
import { label, type Refused, refuse } from '../outcome.ts';
import type { Repository } from '../ports/git.ts';
import type { GithubClient } from './github-client.ts';
import { ruleOnFailure } from './github-failure.ts';
import { type GithubRepository, toGithubRepository } from './github-repository.ts';
import type { Scrubber } from './scrub.ts';

export interface GithubAuthOptions {
  readonly client: GithubClient;
  /** Web URL of this GitHub, e.g. `https://github.com`. */
  readonly githubUrl: string;
  /** Wins over the App if both are set. */
  readonly token: string | null;
  readonly app: { readonly id: number; readonly privateKey: string } | null;
  /** Learns each token that is minted. */
  readonly scrubber: Scrubber;
  readonly log?: Pick<Logger, 'warn'>;
}

export type Credentials = { readonly kind: 'token'; readonly token: string } | Refused;

export interface GithubAuth {
  readonly configured: boolean;
  /** A token, or why there is none. Throws `Fault('forge_unavailable')` when GitHub can't be asked for one. */
  readonly credentials: (repository: Repository, signal: AbortSignal) => Promise<Credentials>;
  /** The same for git: null where this GitHub has no say, or won't give a token (which is logged). */
  readonly token: (repository: Repository, signal?: AbortSignal) => Promise<string | null>;
}

const permissions = { contents: 'write', pull_requests: 'write' } as const;

/** Tokens are given for repositories under `githubUrl` only; an App's are minted for that one repository. */
export function createGithubAuth(options: GithubAuthOptions): GithubAuth {
  const mint = options.app === null ? null : createMint(options, options.app);
  const credentials = async (repository: Repository, signal: AbortSignal): Promise<Credentials> => {
    // A token sent to another host would be a token given away.
    const target = toGithubRepository(repository, options.githubUrl);
    if (target === null) return refuse('forge_unavailable', `${repository.id} is not under ${options.githubUrl}`);
    if (options.token !== null) return { kind: 'token', token: options.token };
    if (mint === null) return refuse('forge_unavailable', 'set GITHUB_TOKEN, or GITHUB_APP_ID with its private key');
    try {
      return { kind: 'token', token: await abortable(mint(target, signal), signal) };
    } catch (error) {
      signal.throwIfAborted();
      return ruleOnFailure(error, repository.id, options.scrubber);
    }
  };
  const token = async (repository: Repository, signal = new AbortController().signal) => {
    const given = await credentials(repository, signal);
    if (given.kind === 'token') return given.token;
    const facts = { repository: repository.id, code: label(given), reason: given.reason };
    options.log?.warn(facts, 'no GitHub token for this repository');
    return null;
  };
  return { configured: options.token !== null || options.app !== null, credentials, token };
}

/** Ends a wait that can't be ended itself, such as one for a rate limit. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

type Mint = (target: GithubRepository, signal: AbortSignal) => Promise<string>;

function createMint({ client, scrubber }: GithubAuthOptions, app: NonNullable<GithubAuthOptions['app']>): Mint {
  const auth = createAppAuth({ appId: app.id, privateKey: app.privateKey, request: client.request, log: client.log });
  return async ({ owner, repo }, signal) => {
    const { token: jwt } = await auth({ type: 'app' });
    const found = await client.request('GET /repos/{owner}/{repo}/installation', {
      owner,
      repo,
      headers: { authorization: `bearer ${jwt}` },
      request: { signal },
    });
    const installationId = z.int().positive().parse(found.data.id);
    // Least authority: this repository only, and nothing that can change workflows or settings.
    const { token } = await auth({ type: 'installation', installationId, repositoryNames: [repo], permissions });
    scrubber.learn(token);
    return token;
  };
}
