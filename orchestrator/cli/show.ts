import { termsOf } from '../engine.ts';
import { approvalDigest } from '../gate/digest.ts';
import { refuse } from '../outcome.ts';
import { readPolicies } from '../policy.ts';
import type { Proposal } from '../ports/proposal.ts';
import type { TestRun } from '../ports/sandbox.ts';
import { history, type ProposalEvent } from '../store/events.ts';
import { type Build, latestBuild } from '../store/find-build.ts';
import { findProposal } from '../store/proposals.ts';
import { openStore } from '../wire-store.ts';
import { type Context, refused } from './context.ts';
import { exit, type ExitCode } from './exit.ts';
import { flagLine } from './flag-line.ts';
import { table } from './output.ts';

/** `self-coding show ID`: everything that is known of a proposal, with the digest that an approval would bind. */
export async function show(id: string, { config, output, log, signal }: Context): Promise<ExitCode> {
  await using store = await openStore(config, { role: 'sender', log, signal });
  const proposal = await findProposal(store.db, id);
  if (proposal === null)
    return refused(output, refuse('approval_stale', 'There is no such proposal; see: self-coding list'));
  const digest = approvalDigest(proposal, termsOf(config, await readPolicies(config)));
  const build = await latestBuild(store.db, id);
  const events = await history(store.db, id);
  output.result({ ...proposal, digest, build, events }, () => pageOf({ proposal, digest, build, events }));
  return exit.done;
}

interface Page {
  readonly proposal: Proposal;
  readonly digest: string;
  readonly build: Build | null;
  readonly events: readonly ProposalEvent[];
}

function pageOf({ proposal, digest, build, events }: Page): string {
  const facts = [
    ['id', proposal.id],
    ['status', proposal.failure === null ? proposal.status : `${proposal.status} (${proposal.failure})`],
    ['repository', `${proposal.repo}, branch ${proposal.baseBranch}`],
    ['risk', proposal.riskLevel],
    ['tests', proposal.testCommand],
    ['scope', listed(proposal.scope, 'whatever policy allows')],
    ['opens', listed(proposal.allowedPaths, 'nothing that policy guards')],
    ['proposed', `by ${proposal.proposedBy}, ${proposal.createdAt.toISOString()}`],
    [
      'approved',
      proposal.approval === null
        ? 'no'
        : `by ${proposal.approval.by}, until ${proposal.approval.expiresAt.toISOString()}`,
    ],
    ['digest', digest],
    ['note', proposal.auditNote ?? ''],
  ];
  const parts = [proposal.title, '', proposal.description, '', table(['', ''], facts).trimStart()];
  if (build !== null) parts.push('', ...buildLines(build));
  parts.push(
    '',
    'history',
    ...events.map(
      ({ at, actor, to, note }) => `  ${at.toISOString()}  ${to} by ${actor}${note === '' ? '' : `: ${note}`}`,
    ),
  );
  return parts.join('\n');
}

function listed(items: readonly string[], none: string): string {
  return items.length === 0 ? none : items.join(', ');
}

function buildLines({ branch, commit, pullRequest, evidence }: Build): readonly string[] {
  return [
    `branch ${branch ?? 'none'}, commit ${commit ?? 'none'}, pull request ${pullRequest?.url ?? 'none'}`,
    `base run:    ${runLine(evidence?.base ?? null)}`,
    `patched run: ${runLine(evidence?.patched ?? null)}`,
    ...(evidence?.flags ?? []).map((flag) => `look at:     ${flagLine(flag)}`),
    ...(evidence?.patched?.log === undefined ? [] : ['', 'log of the patched run', evidence.patched.log.trimEnd()]),
  ];
}

/** One line on a test run, for people. */
export function runLine(run: TestRun | null): string {
  if (run === null) return 'not run';
  const { report } = run;
  const counts =
    report === null
      ? ''
      : `, ${report.tests} tests, ${report.failures + report.errors} failed, ${report.skipped} skipped`;
  return `${run.end.replaceAll('_', ' ')}, exit code ${run.exitCode ?? 'none'}${counts}, ${run.durationMs} ms`;
}
