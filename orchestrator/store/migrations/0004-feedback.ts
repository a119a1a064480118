import { type Kysely, sql } from 'kysely';

/** What operations report. `trust` comes from the source's configuration, never from the event. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table public.ai_feedback_events (
      id uuid primary key default gen_random_uuid(),
      source text not null check (char_length(source) between 1 and 200),
      kind text not null check (kind in
        ('error', 'test_failure', 'latency', 'user_report', 'static_finding', 'ci_failure')),
      message text not null check (char_length(message) between 1 and 20000),
      repo text check (char_length(repo) between 1 and 4096),
      paths jsonb not null default '[]' check (jsonb_typeof(paths) = 'array' and octet_length(paths::text) <= 65536),
      occurred_at timestamptz not null,
      received_at timestamptz not null default now(),
      trust text not null default 'low' check (trust in ('low', 'medium', 'high')),
      payload jsonb not null default '{}' check (octet_length(payload::text) <= 1048576),
      proposal_id uuid references public.ai_improvement_proposals (id)
    );
    create index ai_feedback_events_by_time on public.ai_feedback_events (received_at);
    create index ai_feedback_events_by_proposal on public.ai_feedback_events (proposal_id) where proposal_id is not null;
  `.execute(db);
}
