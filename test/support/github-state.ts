/** What the fake GitHub knows, and how each operation changes it. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Contract, Incoming } from './github-contract.ts';

export interface FakeRepository {
  /** `owner/name`. */
  readonly fullName: string;
  /** The commit of a branch, or null if there is no such branch. */
  readonly head: (branch: string) => string | null | Promise<string | null>;
  /** False as for private repositories on a free plan. */
  readonly drafts?: boolean;
  /** False = the App isn't installed here. */
  readonly installed?: boolean;
  /** The repository was renamed: every answer is a 301 to there. */
  readonly movedTo?: string;
}

export interface FakePull {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly sha: string;
  readonly draft: boolean;
  readonly state: 'open' | 'closed';
  readonly labels: readonly string[];
}

/** A minted token and what it may do. */
export interface FakeToken {
  readonly token: string;
  readonly repositories: readonly string[];
  readonly permissions: Readonly<Record<string, string>>;
}

export interface GithubState {
  readonly webUrl: string;
  readonly repositories: readonly FakeRepository[];
  readonly pulls: FakePull[];
  readonly tokens: FakeToken[];
  /** Another one for each server: auth-app shares what it is minting between all its users in a process, by this number. */
  readonly installationId: number;
}

export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export type Handler = (state: GithubState, request: Incoming, contract: Contract) => Reply | Promise<Reply>;

/** One handler for each operation of the slice. */
export const handlers: Readonly<Record<string, Handler>> = {
  'pulls/list': listPulls,
  'pulls/create': createPull,
  'issues/add-labels': addLabels,
  'apps/get-repo-installation': getInstallation,
  'apps/create-installation-access-token': createToken,
};

/** An error as GitHub writes it. */
export function failure(status: number, message: string, errors?: readonly unknown[]): Reply {
  const documentation_url = 'https://docs.github.com/rest';
  return { status, body: { message, documentation_url, status: String(status), ...(errors ? { errors } : {}) } };
}

function listPulls(state: GithubState, { params, query }: Incoming, contract: Contract): Reply {
  const [owner, branch] = (query['head'] ?? '').split(':');
  const found = state.pulls.filter((pull) => {
    if (pull.repository !== fullName(params)) return false;
    if (query['state'] !== 'all' && pull.state !== (query['state'] ?? 'open')) return false;
    // A filter without its owner is ignored, as GitHub does.
    return branch === undefined || (owner === params['owner'] && branch === pull.head);
  });
  return { status: 200, body: found.map((pull) => pullObject(state, pull, contract.example('pull-request-simple'))) };
}

const newPull = z.object({
  title: z.string(),
  body: z.string().optional(),
  head: z.string(),
  base: z.string(),
  draft: z.boolean().default(false),
});

async function createPull(state: GithubState, { params, body }: Incoming, contract: Contract): Promise<Reply> {
  const repository = state.repositories.find((one) => one.fullName === fullName(params));
  const { title, body: text = '', head, base, draft } = newPull.parse(body);
  if (repository === undefined) return failure(404, 'Not Found');
  if (draft && repository.drafts === false) {
    return failure(422, 'Draft pull requests are not supported in this repository.');
  }
  const sha = await repository.head(head);
  if (sha === null) return invalid({ field: 'head', code: 'invalid' });
  const baseSha = await repository.head(base);
  if (baseSha === null) return invalid({ field: 'base', code: 'invalid' });
  if (baseSha === sha) return invalid({ code: 'custom', message: `No commits between ${base} and ${head}` });
  const own = state.pulls.filter((pull) => pull.repository === repository.fullName);
  if (own.some((pull) => pull.state === 'open' && pull.head === head && pull.base === base)) {
    return invalid({ code: 'custom', message: `A pull request already exists for ${params['owner']}:${head}.` });
  }
  const pull: FakePull = {
    repository: repository.fullName,
    number: own.length + 1,
    title,
    body: text,
    head,
    base,
    sha,
    draft,
    state: 'open',
    labels: [],
  };
  state.pulls.push(pull);
  return { status: 201, body: pullObject(state, pull, contract.example('pull-request')) };
}

function addLabels(state: GithubState, { params, body }: Incoming, contract: Contract): Reply {
  const index = state.pulls.findIndex(
    (one) => one.repository === fullName(params) && String(one.number) === params['issue_number'],
  );
  const pull = state.pulls[index];
  if (pull === undefined) return failure(404, 'Not Found');
  const given = fields(body)['labels'];
  const labels = [...new Set([...pull.labels, ...(Array.isArray(given) ? given.map(String) : [])])];
  state.pulls[index] = { ...pull, labels };
  return { status: 200, body: labels.map((name) => ({ ...contract.example('label'), name })) };
}

function getInstallation(state: GithubState, { params }: Incoming, contract: Contract): Reply {
  const repository = state.repositories.find((one) => one.fullName === fullName(params));
  if (repository === undefined || repository.installed === false) return failure(404, 'Not Found');
  const account = contract.example('simple-user');
  return { status: 200, body: { ...contract.example('installation'), id: state.installationId, account } };
}

function createToken(state: GithubState, { params, body }: Incoming, contract: Contract): Reply {
  if (params['installation_id'] !== String(state.installationId)) return failure(404, 'Not Found');
  const { repositories, permissions } = fields(body);
  const names = Array.isArray(repositories) ? repositories.map(String) : [];
  const known = state.repositories.filter((one) => names.includes(one.fullName.split('/')[1] ?? ''));
  const token = `ghs_${randomBytes(18).toString('hex')}`;
  const granted = Object.fromEntries(Object.entries(fields(permissions)).map(([name, level]) => [name, String(level)]));
  state.tokens.push({ token, repositories: known.map((one) => one.fullName), permissions: granted });
  const expires_at = new Date(Date.now() + 3_600_000).toISOString();
  const example = contract.example('installation-token');
  return {
    status: 201,
    body: { ...example, token, expires_at, permissions: granted, repository_selection: 'selected' },
  };
}

function pullObject(state: GithubState, pull: FakePull, example: Readonly<Record<string, unknown>>) {
  const repo = { ...fields(fields(example['base'])['repo']), full_name: pull.repository };
  return {
    ...example,
    number: pull.number,
    html_url: `${state.webUrl}/${pull.repository}/pull/${pull.number}`,
    title: pull.title,
    body: pull.body,
    state: pull.state,
    draft: pull.draft,
    head: { ...fields(example['head']), ref: pull.head, sha: pull.sha, repo },
    base: { ...fields(example['base']), ref: pull.base, repo },
  };
}

function invalid(error: Readonly<Record<string, string>>): Reply {
  return failure(422, 'Validation Failed', [{ resource: 'PullRequest', ...error }]);
}

function fullName(params: Incoming['params']): string {
  return `${params['owner']}/${params['repo']}`;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
