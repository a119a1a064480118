/** The tables as kysely sees them; what the database itself enforces is in migrations/. */
import type { ColumnType, Kysely, Selectable, Transaction } from 'kysely';
import type { ModelUsage } from '../ports/model.ts';
import type { RiskLevel, Stage, Status } from '../ports/proposal.ts';
import type { Evidence } from '../ports/sandbox.ts';

/** Given at insert, never changed: the database refuses it. */
type Once<T> = ColumnType<T, T, never>;
/** Set by the database alone. */
type Automatic<T> = ColumnType<T, never, never>;
/** Null until an update sets it. */
type Later<T> = ColumnType<T | null, never, T>;
/** `jsonb`: read as a value, written as JSON text. */
type LaterJson<T> = ColumnType<T | null, string | null, string | null>;

export interface ProposalTable {
  readonly id: Automatic<string>;
  readonly status: ColumnType<Status, never, Status>;
  readonly title: Once<string>;
  readonly description: Once<string>;
  readonly repo: Once<string>;
  readonly base_branch: Once<string>;
  readonly test_command: Once<string>;
  readonly risk_level: Once<RiskLevel>;
  readonly complexity: ColumnType<'simple' | 'complex', 'simple' | 'complex' | undefined, never>;
  readonly source: ColumnType<string, string | undefined, never>;
  readonly fingerprint: ColumnType<string | null, string | undefined, never>;
  readonly scope: ColumnType<readonly string[], string | undefined, never>;
  readonly allowed_paths: ColumnType<readonly string[], string | undefined, never>;
  readonly proposed_by: Once<string>;
  readonly created_at: Automatic<Date>;
  readonly updated_at: Automatic<Date>;
  readonly approved_by: Later<string>;
  readonly approved_at: Later<Date>;
  readonly approval_expires_at: Later<Date>;
  readonly approval_digest: Later<string>;
  readonly audit_note: Later<string>;
  readonly failure: Later<string>;
}

/** Append-only; `seq`, `at`, `prev_hash` and `hash` are set by a trigger. */
export interface ProposalEventTable {
  readonly seq: Automatic<string>;
  readonly at: Automatic<Date>;
  readonly proposal_id: Once<string>;
  readonly actor: Once<string>;
  readonly from_status: Once<Status | null>;
  readonly to_status: Once<Status>;
  readonly note: Once<string>;
  readonly detail: ColumnType<unknown, string, never>;
  readonly prev_hash: Automatic<string>;
  readonly hash: Automatic<string>;
}

/** One row, moved on by the trigger of `ai_proposal_events` only. */
export interface ProposalEventHeadTable {
  readonly seq: Automatic<string>;
  readonly hash: Automatic<string>;
}

/** One row for each delivery of a job by the queue. */
export interface SelfBuildTable {
  readonly job_id: Once<string>;
  readonly attempt: Once<number>;
  readonly proposal_id: Once<string>;
  readonly stage: Stage | null;
  readonly base_commit: string | null;
  readonly tree: string | null;
  readonly branch: string | null;
  readonly commit: string | null;
  readonly pr_number: number | null;
  readonly pr_url: string | null;
  readonly pr_draft: boolean | null;
  readonly bundle_digest: string | null;
  readonly evidence: LaterJson<Evidence>;
  readonly usage: LaterJson<ModelUsage>;
  readonly timings_ms: LaterJson<Readonly<Record<string, number>>>;
  readonly ending: Status | null;
  readonly failure: string | null;
  readonly started_at: Automatic<Date>;
  readonly updated_at: ColumnType<Date, never, Date>;
  readonly ended_at: Date | null;
}

export type FeedbackKind = 'error' | 'test_failure' | 'latency' | 'user_report' | 'static_finding' | 'ci_failure';
export type Trust = 'low' | 'medium' | 'high';

export interface FeedbackEventTable {
  readonly id: Automatic<string>;
  readonly source: Once<string>;
  readonly kind: Once<FeedbackKind>;
  readonly message: Once<string>;
  readonly repo: Once<string | null>;
  readonly paths: ColumnType<readonly string[], string, never>;
  readonly occurred_at: Once<Date>;
  readonly received_at: Automatic<Date>;
  readonly trust: Once<Trust>;
  readonly payload: ColumnType<unknown, string, never>;
  readonly proposal_id: string | null;
}

/** The part of pg-boss's own table that fencing reads. */
export interface JobTable {
  readonly id: Automatic<string>;
  readonly name: Automatic<string>;
  readonly state: Automatic<string>;
  readonly retry_count: Automatic<number>;
}

/** Read-only view over the jobs of pg-boss. */
export interface TaskQueueView {
  readonly id: Automatic<string>;
  readonly task_type: Automatic<string>;
  readonly status: Automatic<string>;
  readonly payload: Automatic<unknown>;
  readonly priority: Automatic<number>;
  readonly attempts: Automatic<number>;
  readonly max_attempts: Automatic<number>;
  readonly created_at: Automatic<Date>;
  readonly available_at: Automatic<Date>;
  readonly started_at: Automatic<Date | null>;
  readonly completed_at: Automatic<Date | null>;
  readonly error: Automatic<string | null>;
  readonly output: Automatic<unknown>;
}

export interface Schema {
  readonly ai_improvement_proposals: ProposalTable;
  readonly ai_proposal_events: ProposalEventTable;
  readonly ai_proposal_event_head: ProposalEventHeadTable;
  readonly ai_self_builds: SelfBuildTable;
  readonly ai_feedback_events: FeedbackEventTable;
  readonly ai_task_queue: TaskQueueView;
  readonly 'pgboss.job': JobTable;
}

export type ProposalRow = Selectable<ProposalTable>;
export type ProposalEventRow = Selectable<ProposalEventTable>;
export type SelfBuildRow = Selectable<SelfBuildTable>;

export type Db = Kysely<Schema>;
/** What is done with one of these is done together or not at all. */
export type Trx = Transaction<Schema>;
