import { type Kysely, sql } from 'kysely';

/** Proposals, and the rules on their rows that hold whatever the code above does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await requireUtf8(db);
  await table(db);
  await indexes(db);
  await moves(db);
  await guard(db);
}

async function requireUtf8(db: Kysely<unknown>): Promise<void> {
  await sql`
    do $$ begin
      -- Hashes are taken over UTF-8 bytes, and text in any other encoding would be refused halfway.
      if current_setting('server_encoding') <> 'UTF8' then
        raise exception 'this database is encoded as %; create it with ENCODING UTF8', current_setting('server_encoding');
      end if;
    end $$;
  `.execute(db);
}

async function table(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table public.ai_improvement_proposals (
      id uuid primary key default gen_random_uuid(),
      status text not null default 'proposed' check (status in (
        'proposed', 'approved', 'rejected', 'queued_for_self_build', 'self_build_completed',
        'self_build_failed', 'pr_opened', 'pr_merged', 'pr_closed', 'applied')),
      title text not null check (char_length(title) between 1 and 300),
      description text not null default '' check (char_length(description) <= 200000),
      repo text not null check (char_length(repo) between 1 and 4096),
      base_branch text not null check (char_length(base_branch) between 1 and 255),
      test_command text not null check (char_length(test_command) between 1 and 4096),
      risk_level text not null check (risk_level in ('low', 'medium', 'high', 'critical')),
      complexity text not null default 'complex' check (complexity in ('simple', 'complex')),
      source text not null default 'person' check (char_length(source) between 1 and 200),
      fingerprint text check (char_length(fingerprint) between 1 and 200),
      scope jsonb not null default '[]' check (jsonb_typeof(scope) = 'array' and octet_length(scope::text) <= 65536),
      proposed_by text not null check (char_length(proposed_by) between 1 and 200),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      approved_by text check (char_length(approved_by) between 1 and 200),
      approved_at timestamptz,
      approval_expires_at timestamptz,
      approval_digest text check (approval_digest ~ '^[0-9a-f]{64}$'),
      audit_note text check (char_length(audit_note) <= 4000),
      failure text check (failure ~ '^[a-z_]+(:|$)' and char_length(failure) <= 5000),
      constraint approval_is_whole check (
        num_nonnulls(approved_by, approved_at, approval_expires_at, approval_digest) in (0, 4)),
      constraint approval_ends_after_it_begins check (approval_expires_at > approved_at),
      -- Nothing gets past a person: whatever went on from "proposed" carries an approval, or was rejected.
      constraint approved_by_someone check (status in ('proposed', 'rejected') or approved_by is not null),
      constraint a_failure_has_a_code check ((status = 'self_build_failed') = (failure is not null)),
      constraint only_simple_ones_are_applied check (status <> 'applied' or complexity = 'simple')
    );
  `.execute(db);
}

async function indexes(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index ai_improvement_proposals_by_status on public.ai_improvement_proposals (status, created_at desc, id);
    create index ai_improvement_proposals_by_time on public.ai_improvement_proposals (created_at desc, id);
    create index ai_improvement_proposals_by_fingerprint on public.ai_improvement_proposals (fingerprint)
      where fingerprint is not null;
  `.execute(db);
}

/** The whole state machine. A later migration that adds a move replaces this one function. */
async function moves(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function public.ai_proposal_move_is_legal(old_status text, new_status text) returns boolean
    language sql immutable as $$
      select (old_status, new_status) in (
        ('proposed', 'approved'),
        ('proposed', 'rejected'),
        ('approved', 'queued_for_self_build'),
        ('approved', 'applied'),
        ('queued_for_self_build', 'self_build_completed'),
        ('queued_for_self_build', 'self_build_failed'),
        ('self_build_completed', 'pr_opened'),
        ('pr_opened', 'pr_merged'),
        ('pr_opened', 'pr_closed'))
    $$;
  `.execute(db);
}

async function guard(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function public.ai_proposal_guard() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        if new.status <> 'proposed' or new.approved_by is not null then
          raise exception 'a proposal starts as proposed and unapproved, not as %', new.status using errcode = 'SC001';
        end if;
        return new;
      end if;
      if new.status <> old.status and not public.ai_proposal_move_is_legal(old.status, new.status) then
        raise exception 'proposal %: illegal move % → %', old.id, old.status, new.status using errcode = 'SC001';
      end if;
      if (new.id, new.proposed_by, new.created_at, new.source)
         is distinct from (old.id, old.proposed_by, old.created_at, old.source) then
        raise exception 'proposal %: where it came from cannot be changed', old.id using errcode = 'SC002';
      end if;
      -- Against a text that is swapped after a person has read and approved it.
      if (old.status <> 'proposed' or new.status <> 'proposed') and
         (new.title, new.description, new.repo, new.base_branch, new.test_command, new.risk_level, new.complexity, new.scope)
         is distinct from
         (old.title, old.description, old.repo, old.base_branch, old.test_command, old.risk_level, old.complexity, old.scope) then
        raise exception 'proposal %: its content cannot be changed once it is no longer just proposed (it is %)', old.id, old.status
          using errcode = 'SC002', hint = 'propose the changed text as a new proposal';
      end if;
      -- Against an approval that is stretched or re-used for something else.
      if not (new.status = 'approved' and old.status in ('proposed', 'approved')) and
         (new.approved_by, new.approved_at, new.approval_expires_at, new.approval_digest) is distinct from
         (old.approved_by, old.approved_at, old.approval_expires_at, old.approval_digest) then
        raise exception 'proposal %: an approval is only written on the move to approved', old.id using errcode = 'SC002';
      end if;
      new.updated_at := now();
      return new;
    end $$;

    create trigger ai_proposal_guard before insert or update on public.ai_improvement_proposals
      for each row execute function public.ai_proposal_guard();
  `.execute(db);
}
