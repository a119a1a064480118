/** The three requests that opening a pull request takes. Each throws Octokit's error, or zod's for an odd answer. */
import { z } from 'zod';
import type { PullRequestInput } from '../ports/forge.ts';
import type { GithubClient } from './github-client.ts';
import type { GithubRepository } from './github-repository.ts';

/** What every request needs. */
export interface GithubCall {
  readonly client: GithubClient;
  readonly target: GithubRepository;
  readonly token: string;
  readonly signal: AbortSignal;
}

// GitHub's objects have many more fields and get new ones: only these are read, and each is checked.
const pull = z.object({
  number: z.int().positive(),
  html_url: z.url({ protocol: /^https?$/ }),
  draft: z.boolean(),
  state: z.enum(['open', 'closed']),
  head: z.object({
    ref: z.string(),
    sha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/),
    repo: z.object({ full_name: z.string() }).nullable(),
  }),
});

export type GithubPull = Readonly<z.output<typeof pull>>;

/**
 * The pull request of a branch of this repository, whatever it would be merged into: the open one; or else the one for
 * this commit, for a person may have closed or merged it before we heard that it exists. Null if there is none.
 */
export async function findPull(
  call: GithubCall,
  { branch, commit }: Pick<PullRequestInput, 'branch' | 'commit'>,
): Promise<GithubPull | null> {
  const { owner, repo } = call.target;
  const found = await call.client.request('GET /repos/{owner}/{repo}/pulls', {
    ...common(call),
    state: 'all',
    head: `${owner}:${branch}`,
    per_page: 100,
  });
  const pulls = z.array(pull).max(100).parse(found.data);
  // GitHub ignores a filter that it doesn't understand: then these are other people's pull requests.
  const isOurs = ({ head }: GithubPull) =>
    head.ref === branch && head.repo?.full_name.toLowerCase() === `${owner}/${repo}`.toLowerCase();
  const ours = pulls.filter(isOurs);
  return ours.find(({ state }) => state === 'open') ?? ours.find(({ head }) => head.sha === commit) ?? null;
}

/** Opens a draft. */
export async function createPull(call: GithubCall, input: PullRequestInput): Promise<GithubPull> {
  const made = await call.client.request('POST /repos/{owner}/{repo}/pulls', {
    ...common(call),
    title: input.title,
    body: input.body,
    head: input.branch,
    base: input.baseBranch,
    draft: true,
  });
  return pull.parse(made.data);
}

/** Adds labels; ones that are there already stay. */
export async function addLabels(call: GithubCall, number: number, labels: readonly string[]): Promise<void> {
  await call.client.request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
    ...common(call),
    issue_number: number,
    labels: [...labels],
  });
}

function common({ target, token, signal }: GithubCall) {
  return { ...target, headers: { authorization: `token ${token}` }, request: { signal } };
}
