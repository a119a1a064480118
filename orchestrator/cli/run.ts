import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../deliver.ts';
import { startEngine } from '../engine.ts';
import { describe, refuse, type Refused } from '../outcome.ts';
import type { Proposal, Status } from '../ports/proposal.ts';
import type { TestRun } from '../ports/sandbox.ts';
import type { Watcher } from '../ports/watcher.ts';
import { type Build, latestBuild } from '../store/find-build.ts';
import { findProposal } from '../store/proposals.ts';
import type { Db } from '../store/schema.ts';
import { openStore } from '../wire-store.ts';
import { type Context, exitCodeOf, UsageError } from './context.ts';
import { approvalRefusal, approveAs } from './decide.ts';
import { exit, type ExitCode } from './exit.ts';
import { type ProposeOptions, proposeFrom } from './propose.ts';
import { runLine } from './show.ts';
import { stageLines } from './stage-lines.ts';

export interface RunOptions extends ProposeOptions {
  readonly approveAs: string;
}

/** The JSON line that `run` ends with; null where it does not apply. */
export interface RunResult {
  readonly proposalId: string | null;
  readonly status: Status | null;
  readonly code: string | null;
  readonly reason: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly base: string | null;
  readonly tree: string | null;
  readonly pullRequest: { readonly number: number; readonly url: string; readonly draft: boolean } | null;
  readonly tests: { readonly base: TestRun | null; readonly patched: TestRun | null };
  readonly timingsMs: Readonly<Record<string, number>>;
}

/** How long the database may be away before `run` gives up on it; the job itself is in the queue and goes on. */
const patienceMs = 120_000;

const ended: ReadonlySet<Status> = new Set<Status>(['self_build_completed', 'self_build_failed', 'pr_opened']);

/** `self-coding run`: proposes, approves, queues, builds and waits for the ending, in this process. */
export async function run(options: RunOptions, context: Context): Promise<ExitCode> {
  const known: { proposalId: string | null } = { proposalId: null };
  const onProposed = (id: string) => {
    known.proposalId = id;
  };
  try {
    const result = await runToEnd({ ...options, onProposed }, context, stageLines(context.output));
    context.output.result(result, () => summary(result));
    return result.status === 'pr_opened' || result.status === 'self_build_completed' ? exit.done : exit.refused;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = context.signal.aborted ? 'interrupted; a queued job stays in the queue' : describe(error);
    const result = refusedResult(known, { code: context.signal.aborted ? 'cancelled' : codeOf(error), reason });
    context.output.result(result, () => summary(result));
    return exitCodeOf(error, context.signal);
  }
}

/** The same without printing; the watcher hears of every stage. */
export async function runToEnd(
  options: RunOptions & { readonly onProposed?: (id: string) => void },
  context: Context,
  watcher: Watcher,
): Promise<RunResult> {
  const { config, log, scrubber, signal } = context;
  await using store = await openStore(config, { role: 'own jobs only', log, signal });
  const proposed = await proposeFrom(options, config, store.db);
  if (proposed.kind === 'invalid') {
    return refusedResult(null, refuse('proposal_invalid', proposed.problems.join('; ')));
  }
  const { id } = proposed.proposal;
  options.onProposed?.(id);
  const approved = await approveAs(store, context, { id, as: options.approveAs });
  const failed = approvalRefusal(approved);
  if (failed !== null) return refusedResult(await find(store.db, id), failed);
  await using _engine = await startEngine(config, store, { log, scrubber, watcher });
  const proposal = await ending(store.db, id, context);
  return resultOf(proposal, await latestBuild(store.db, id));
}

async function find(db: Db, id: string): Promise<{ readonly proposalId: string; readonly status: Status } | null> {
  const proposal = await findProposal(db, id);
  return proposal === null ? null : { proposalId: proposal.id, status: proposal.status };
}

/** Waits until the job has come to an end, here or in another engine on the same database; a database that is away is waited for. */
async function ending(db: Db, id: string, { signal, log }: Context): Promise<Proposal> {
  for (let answeredAt = Date.now(); ; await sleep(100, undefined, { signal })) {
    try {
      const proposal = await findProposal(db, id);
      if (proposal === null) throw new Error(`The proposal ${id} is gone from the database`);
      if (ended.has(proposal.status)) return proposal;
      answeredAt = Date.now();
    } catch (error) {
      if (Date.now() - answeredAt > patienceMs) throw error;
      log.warn({ proposalId: id, reason: describe(error) }, 'the database does not answer; waiting');
    }
  }
}

function resultOf(proposal: Proposal, build: Build | null): RunResult {
  return {
    proposalId: proposal.id,
    status: proposal.status,
    code: proposal.failure,
    reason: proposal.auditNote,
    branch: build?.branch ?? null,
    commit: build?.commit ?? null,
    base: build?.baseCommit ?? null,
    tree: build?.tree ?? null,
    pullRequest: build?.pullRequest ?? null,
    tests: { base: build?.evidence?.base ?? null, patched: build?.evidence?.patched ?? null },
    timingsMs: build?.timingsMs ?? {},
  };
}

function refusedResult(
  proposal: { readonly proposalId: string | null; readonly status?: Status } | null,
  { code, reason }: Pick<Refused, 'code' | 'reason'>,
): RunResult {
  const nothing = { branch: null, commit: null, base: null, tree: null, pullRequest: null, timingsMs: {} };
  const tests = { base: null, patched: null };
  const { proposalId = null, status = null } = proposal ?? {};
  return { proposalId, status, code, reason, ...nothing, tests };
}

function summary(result: RunResult): string {
  return [
    `${result.status ?? 'refused'}${result.code === null ? '' : ` (${result.code})`}`,
    result.reason ?? '',
    `base run:    ${runLine(result.tests.base)}`,
    `patched run: ${runLine(result.tests.patched)}`,
  ].join('\n');
}
