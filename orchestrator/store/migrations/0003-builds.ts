import { type Kysely, sql } from 'kysely';

/** One row for each delivery of a job: how far it came, what it made, what it showed. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table public.ai_self_builds (
      job_id uuid not null,
      attempt integer not null check (attempt >= 0),
      proposal_id uuid not null references public.ai_improvement_proposals (id),
      stage text check (stage in ('admit', 'fetch', 'draft', 'prepare', 'inspect', 'prove', 'publish', 'record')),
      base_commit text check (base_commit ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
      tree text check (tree ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
      branch text check (char_length(branch) between 1 and 255),
      commit text check (commit ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
      pr_number integer check (pr_number > 0),
      pr_url text check (char_length(pr_url) <= 4096),
      pr_draft boolean,
      bundle_digest text check (bundle_digest ~ '^[0-9a-f]{64}$'),
      evidence jsonb,
      usage jsonb,
      timings_ms jsonb,
      ending text check (ending in ('self_build_completed', 'self_build_failed', 'pr_opened')),
      failure text check (char_length(failure) <= 5000),
      started_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      ended_at timestamptz,
      primary key (job_id, attempt),
      constraint an_ending_has_a_time check ((ending is null) = (ended_at is null))
    );
    create index ai_self_builds_by_proposal on public.ai_self_builds (proposal_id, started_at desc);
  `.execute(db);
}
