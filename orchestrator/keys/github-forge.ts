/** Pull requests on GitHub: looked up by branch first, opened as drafts, never merged. */
import type { Logger } from 'pino';
import { describe, type Refused, refuse } from '../outcome.ts';
import type { Forge, PullRequestInput } from '../ports/forge.ts';
import { abortable, type GithubAuth } from './github-auth.ts';
import type { GithubClient } from './github-client.ts';
import { isUnprocessable, ruleOnFailure } from './github-failure.ts';
import { addLabels, createPull, findPull, type GithubCall, type GithubPull } from './github-pulls.ts';
import { toGithubRepository } from './github-repository.ts';
import type { Scrubber } from './scrub.ts';

export interface GithubForgeOptions {
  readonly client: GithubClient;
  readonly auth: GithubAuth;
  /** Web URL of this GitHub, e.g. `https://github.com`. */
  readonly githubUrl: string;
  readonly scrubber: Scrubber;
  readonly log?: Pick<Logger, 'warn'>;
}

type Opened = Extract<Awaited<ReturnType<Forge['openPullRequest']>>, { kind: 'opened' }>;

/**
 * The forge port over GitHub's API. Refuses with `push_conflict` when the branch has a pull request for another commit,
 * `push_rejected` when the token or repository is gone, `forge_unavailable` when GitHub won't open one;
 * throws that last code as a `Fault` when GitHub can't be asked. Repeating it never makes a second pull request.
 */
export function createGithubForge(options: GithubForgeOptions): Forge {
  const { auth, githubUrl } = options;
  return {
    ready(repository) {
      if (toGithubRepository(repository, githubUrl) === null) {
        return refuse(
          'forge_unavailable',
          `${repository.id} is not under ${githubUrl}: set GITHUB_URL and GITHUB_API_URL`,
        );
      }
      if (auth.configured) return { kind: 'ready' };
      return refuse('forge_unavailable', 'set GITHUB_TOKEN, or GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY');
    },
    async openPullRequest(input, signal) {
      const target = toGithubRepository(input.repository, githubUrl);
      if (target === null) return refuse('forge_unavailable', `${input.repository.id} is not under ${githubUrl}`);
      const given = await auth.credentials(input.repository, signal);
      if (given.kind === 'refused') return given;
      const call: GithubCall = { client: options.client, target, token: given.token, signal };
      try {
        return await abortable(openOnce(options, call, input), signal);
      } catch (error) {
        signal.throwIfAborted();
        return ruleOnFailure(error, input.repository.id, options.scrubber);
      }
    },
  };
}

async function openOnce(options: GithubForgeOptions, call: GithubCall, input: PullRequestInput) {
  const pull = (await findPull(call, input)) ?? (await createOrFind(options, call, input));
  if ('kind' in pull) return pull;
  if (pull.head.sha !== input.commit) {
    const reason = `pull request ${pull.number} of ${input.branch} is for commit ${pull.head.sha}, not ${input.commit}`;
    return refuse('push_conflict', reason);
  }
  await label(options, call, { pull, labels: input.labels });
  const opened: Opened = { kind: 'opened', number: pull.number, url: pull.html_url, draft: pull.draft };
  return opened;
}

/**
 * Any failure leaves it open whether the pull request exists: an answer may be lost after the work was done, and a 422
 * says "already exists" as well as "no drafts here". So the answer is looked up, not guessed.
 */
async function createOrFind(
  options: GithubForgeOptions,
  call: GithubCall,
  input: PullRequestInput,
): Promise<GithubPull | Refused> {
  try {
    return await createPull(call, input);
  } catch (error) {
    const found = await findAfter(options, call, input);
    if (found !== null) return found;
    const ruling = ruleOnFailure(error, input.repository.id, options.scrubber);
    if (!isUnprocessable(error)) return ruling;
    // Never opened as anything but a draft instead: a draft can't be merged by mistake.
    const advice =
      'If this repository has no draft pull requests (private ones on a free plan), the engine can’t use it';
    return refuse(ruling.code, `${ruling.reason}. ${advice}`);
  }
}

async function findAfter(options: GithubForgeOptions, call: GithubCall, input: PullRequestInput) {
  try {
    return await findPull(call, input);
  } catch (error) {
    // The first error is the one to report.
    const reason = options.scrubber.scrub(describe(error));
    options.log?.warn({ repository: input.repository.id, reason }, 'could not look for the pull request');
    return null;
  }
}

async function label(
  options: GithubForgeOptions,
  call: GithubCall,
  { pull, labels }: { readonly pull: GithubPull; readonly labels: readonly string[] },
): Promise<void> {
  if (labels.length === 0) return;
  try {
    await addLabels(call, pull.number, labels);
  } catch (error) {
    // The pull request exists: a missing label must not make the job fail.
    const reason = options.scrubber.scrub(describe(error));
    options.log?.warn({ pullRequest: pull.html_url, labels, reason }, 'could not label the pull request');
  }
}
