import { type Kysely, sql } from 'kysely';

/** Paths that a proposal asks to open: part of what a person reads and approves, so as fixed afterwards as the rest. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table public.ai_improvement_proposals add column allowed_paths jsonb not null default '[]'
      check (jsonb_typeof(allowed_paths) = 'array' and octet_length(allowed_paths::text) <= 65536);

    create function public.ai_proposal_guard_allowed_paths() returns trigger language plpgsql as $$
    begin
      if (old.status <> 'proposed' or new.status <> 'proposed') and new.allowed_paths is distinct from old.allowed_paths then
        raise exception 'proposal %: its content cannot be changed once it is no longer just proposed (it is %)', old.id, old.status
          using errcode = 'SC002', hint = 'propose the changed text as a new proposal';
      end if;
      return new;
    end $$;

    create trigger ai_proposal_guard_allowed_paths before update on public.ai_improvement_proposals
      for each row execute function public.ai_proposal_guard_allowed_paths();
  `.execute(db);
}
