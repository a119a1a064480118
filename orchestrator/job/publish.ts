import { createHash } from 'node:crypto';
import { label, refuse, type Refused } from '../outcome.ts';
import type { PullRequest } from '../ports/forge.ts';
import type { Base, CommitId, TreeId } from '../ports/git.ts';
import type { Approval, Proposal } from '../ports/proposal.ts';
import type { Evidence } from '../ports/sandbox.ts';
import type { Accepted } from '../inspect/inspect.ts';
import { approvalOf } from './admit.ts';
import type { Job } from './job.ts';
import { commitMessage, type PullRequestFacts, pullRequestBody, subjectOf } from './texts.ts';

export interface Publishable {
  readonly proposal: Proposal;
  readonly base: Base;
  readonly tree: TreeId;
  readonly files: Accepted['files'];
  readonly evidence: Evidence;
}

export interface Published {
  readonly kind: 'published';
  readonly branch: string;
  readonly commit: CommitId;
  readonly pullRequest: PullRequest | null;
  /** Why there is no pull request. */
  readonly without: string | null;
}

const author = { name: 'Self-Coding Engine', email: 'self-coding-engine@localhost' };

/** The one branch of a proposal: a function of its id, so that a repeated job can only meet its own. */
export function branchOf(proposalId: string): string {
  return `self-build/${proposalId}`;
}

/** Commit, bundle, push of one new branch, one draft pull request: as far as the switches allow. Each step can be repeated. */
export async function publish(job: Job, input: Publishable): Promise<Published | Refused> {
  const { rails, repositories } = job.ports;
  const approval = await stillApproved(job);
  if (approval.kind === 'refused') return approval;
  const facts = await commit(job, input, approval.approval);
  const { branch } = facts;
  const made = { kind: 'published', branch, commit: facts.commit, pullRequest: null } as const;
  if (!rails.push) return { ...made, without: 'push is switched off' };

  await stillOurs(job);
  const pushed = await repositories.push({ base: input.base, commit: facts.commit, branch }, job.signal);
  if (pushed.kind === 'refused') return pushed;
  if (!rails.pullRequest) return { ...made, without: 'pull requests are switched off' };

  await stillOurs(job);
  const opened = await openPullRequest(job, input, facts);
  // The branch is there and stays: the build is complete, and a person can open the pull request.
  if (opened.kind === 'refused') return { ...made, without: `${label(opened)}: ${opened.reason}` };
  const { number, url, draft } = opened;
  return { ...made, pullRequest: { number, url, draft }, without: null };
}

/** Throws `Fault('lease_lost')` when the job was cancelled or taken over since: nothing more may leave the machine. */
function stillOurs({ ports, delivery }: Job): Promise<void> {
  return ports.proposals.progress(delivery, { stage: 'publish' });
}

/** Makes the commit and keeps the bundle; nothing has left the machine yet. */
async function commit(
  job: Job,
  input: Publishable,
  approval: Approval,
): Promise<PullRequestFacts & { readonly branch: string }> {
  const { proposal, base, tree, files, evidence } = input;
  const branch = branchOf(proposal.id);
  const patch = await base.git.patch(base.commit, tree);
  const message = commitMessage(proposal, approval, createHash('sha256').update(patch).digest('hex'));
  const id = await base.git.commit({ parent: base.commit, tree, message, author, date: approval.at });
  const statement = { proposal: proposal.id, base: base.commit, tree, commit: id, evidence };
  const bundleDigest = await job.ports.archive.keep([
    { name: 'bundle.json', bytes: Buffer.from(`${JSON.stringify(statement, null, 2)}\n`) },
    { name: 'patch.diff', bytes: patch },
  ]);
  await base.git.branch(branch, id);
  // Written before the push: a later delivery finds the commit and goes on from here without asking the model again.
  await job.ports.proposals.progress(job.delivery, { tree, branch, commit: id, bundleDigest, evidence });
  return { proposal, approval, base: base.commit, commit: id, tree, files, evidence, bundleDigest, branch };
}

function openPullRequest(job: Job, { base }: Publishable, facts: PullRequestFacts & { readonly branch: string }) {
  const input = {
    repository: base.repository,
    proposalId: facts.proposal.id,
    baseBranch: base.branch,
    branch: facts.branch,
    commit: facts.commit,
    title: subjectOf(facts.proposal.title),
    body: pullRequestBody(facts),
    labels: ['self-coding'],
  };
  return job.ports.forge.openPullRequest(input, job.signal);
}

/** Read again, for it may have been revoked or edited while the job ran. */
async function stillApproved(job: Job): Promise<{ readonly kind: 'approved'; readonly approval: Approval } | Refused> {
  const proposal = await job.ports.proposals.find(job.delivery.proposalId);
  if (proposal === null || proposal.approval === null)
    return refuse('approval_stale', 'The approval was taken back during the run.');
  const admitted = approvalOf(proposal, job);
  return admitted.kind === 'refused' ? admitted : { kind: 'approved', approval: proposal.approval };
}
