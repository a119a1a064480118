/** Pull requests of local repositories: there is no host to keep them, so they are files of ours. */
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, Fault, refuse } from '../outcome.ts';
import type { Forge, PullRequestInput } from '../ports/forge.ts';
import { linkNew, type LocalPullRequest, readAll, replaceFile } from './local-pull-requests.ts';

export interface LocalForgeOptions {
  /** Pull requests go to `<stateDir>/pull-requests/<hash of the repository>/<number>.json` and `.md`. */
  readonly stateDir: string;
}

/**
 * A forge on files. A branch with an open pull request gets that one again; `push_conflict` if it is for another commit.
 * One that a person has closed is given again for the same commit, and doesn't count for another.
 * Throws `Fault('forge_unavailable')` when the files can't be read or written.
 */
export function createLocalForge(options: LocalForgeOptions): Forge {
  return {
    ready: (repository) =>
      repository.kind === 'local'
        ? { kind: 'ready' }
        : refuse('forge_unavailable', `${repository.id} is no local repository`),
    async openPullRequest(input, signal) {
      signal.throwIfAborted();
      const folder = join(options.stateDir, 'pull-requests', shortHash(input.repository.id));
      const pullRequest = await keep(folder, input);
      if (pullRequest.commit !== input.commit) {
        const reason = `${input.branch} already has pull request ${pullRequest.number}, for ${pullRequest.commit}`;
        return refuse('push_conflict', reason);
      }
      const { number, url, draft } = pullRequest;
      return { kind: 'opened', number, url, draft };
    },
  };
}

async function keep(folder: string, input: PullRequestInput): Promise<LocalPullRequest> {
  try {
    await mkdir(folder, { recursive: true });
    const pullRequest = (await find(folder, input)) ?? (await create(folder, input));
    // Also for one that was there: whoever made it may have died before this.
    await replaceFile(join(folder, `${pullRequest.number}.md`), toMarkdown(pullRequest));
    return pullRequest;
  } catch (error) {
    if (error instanceof Fault) throw error;
    const message = `can't keep a pull request in ${folder}: ${describe(error)}`;
    throw new Fault('forge_unavailable', folder, message, { cause: error });
  }
}

async function find(
  folder: string,
  { branch, commit }: Pick<PullRequestInput, 'branch' | 'commit'>,
): Promise<LocalPullRequest | null> {
  const ours = (await readAll(folder)).filter((one) => one.branch === branch);
  return ours.find(({ state }) => state === 'open') ?? ours.find((one) => one.commit === commit) ?? null;
}

async function create(folder: string, input: PullRequestInput): Promise<LocalPullRequest> {
  const taken = (await readAll(folder)).at(-1)?.number ?? 0;
  for (let number = taken + 1; ; number += 1) {
    const pullRequest = describePullRequest(folder, input, number);
    const path = join(folder, `${number}.json`);
    if (!(await linkNew(path, JSON.stringify(pullRequest, null, 2)))) continue;
    // Two engines at once: both wrote, both look again, and the higher number gives way.
    const first = (await find(folder, input)) ?? pullRequest;
    if (first.number !== number) await rm(path);
    return first;
  }
}

function describePullRequest(folder: string, input: PullRequestInput, number: number): LocalPullRequest {
  const { repository, proposalId, baseBranch, branch, commit, title, body, labels } = input;
  const url = pathToFileURL(join(folder, `${number}.md`)).href;
  return {
    number,
    url,
    // Never anything but a draft: a person makes it more than that.
    draft: true,
    state: 'open',
    repository: repository.id,
    proposalId,
    baseBranch,
    branch,
    commit,
    title,
    body,
    labels: [...labels],
  };
}

function toMarkdown({ title, state, branch, baseBranch, commit, repository, labels, body }: LocalPullRequest): string {
  const facts = [
    `- repository: \`${repository}\``,
    `- branch: \`${branch}\` into \`${baseBranch}\``,
    `- commit: \`${commit}\``,
    `- state: ${state}, draft`,
    `- labels: ${labels.join(', ')}`,
  ];
  return `# ${title.replace(/\s+/g, ' ')}\n\n${facts.join('\n')}\n\n${body}\n`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
