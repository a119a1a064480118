import { type Kysely, sql } from 'kysely';

/** The audit: append-only, hash-chained, and no change of status without an entry. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await tables(db);
  await chain(db);
  await appendOnly(db);
  await everyMoveIsAudited(db);
}

async function tables(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table public.ai_proposal_events (
      seq bigint primary key,
      at timestamptz not null,
      proposal_id uuid not null references public.ai_improvement_proposals (id),
      actor text not null check (char_length(actor) between 1 and 200),
      from_status text,
      to_status text not null,
      note text not null default '' check (char_length(note) <= 4000),
      detail jsonb not null default '{}' check (jsonb_typeof(detail) = 'object' and octet_length(detail::text) <= 65536),
      prev_hash text not null unique,
      hash text not null unique
    );
    create index ai_proposal_events_by_proposal on public.ai_proposal_events (proposal_id, seq);

    -- The end of the chain. Locking this row puts writers in line, so the chain can't fork.
    create table public.ai_proposal_event_head (
      only_row boolean primary key default true check (only_row),
      seq bigint not null,
      hash text not null
    );
    insert into public.ai_proposal_event_head (seq, hash) values (0, repeat('0', 64));
  `.execute(db);
}

/** See ../verify-chain.ts, which computes the same hash in TypeScript. */
async function chain(db: Kysely<unknown>): Promise<void> {
  await sql`
    -- Length before content, so that no two rows have the same bytes.
    create function public.ai_netstring(value text) returns text language sql immutable as $$
      select coalesce(octet_length(value) || ':' || value, '-')
    $$;

    create function public.ai_proposal_event_chain() returns trigger language plpgsql as $$
    declare
      last_status text;
    begin
      update public.ai_proposal_event_head set seq = seq + 1 returning seq, hash into new.seq, new.prev_hash;
      new.at := clock_timestamp();
      select to_status into last_status from public.ai_proposal_events
        where proposal_id = new.proposal_id order by seq desc limit 1;
      if new.from_status is distinct from last_status then
        raise exception 'proposal %: an event must go on from %, not from %', new.proposal_id,
          coalesce(last_status, 'nothing'), coalesce(new.from_status, 'nothing') using errcode = 'SC005';
      end if;
      new.hash := encode(sha256(convert_to(
        new.prev_hash ||
        public.ai_netstring(new.seq::text) ||
        public.ai_netstring(to_char(new.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) ||
        public.ai_netstring(new.proposal_id::text) ||
        public.ai_netstring(new.actor) ||
        public.ai_netstring(new.from_status) ||
        public.ai_netstring(new.to_status) ||
        public.ai_netstring(new.note) ||
        public.ai_netstring(new.detail::text), 'UTF8')), 'hex');
      update public.ai_proposal_event_head set hash = new.hash;
      return new;
    end $$;

    create trigger ai_proposal_event_chain before insert on public.ai_proposal_events
      for each row execute function public.ai_proposal_event_chain();
  `.execute(db);
}

async function appendOnly(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function public.ai_append_only() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only: % refused', tg_table_name, tg_op
        using errcode = 'SC003', hint = 'write a new event that corrects the old one';
    end $$;

    -- Against history that is rewritten to hide who approved what.
    create trigger ai_append_only before update or delete or truncate on public.ai_proposal_events
      for each statement execute function public.ai_append_only();

    create function public.ai_chain_only() returns trigger language plpgsql as $$
    begin
      if pg_trigger_depth() < 2 then
        raise exception '% is moved on by ai_proposal_events only: % refused', tg_table_name, tg_op using errcode = 'SC003';
      end if;
      return null;
    end $$;

    create trigger ai_chain_only before insert or update or delete or truncate on public.ai_proposal_event_head
      for each statement execute function public.ai_chain_only();
  `.execute(db);
}

async function everyMoveIsAudited(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function public.ai_every_move_is_audited() returns trigger language plpgsql as $$
    declare
      now_status text;
      last_status text;
    begin
      select status into now_status from public.ai_improvement_proposals where id = new.id;
      select to_status into last_status from public.ai_proposal_events
        where proposal_id = new.id order by seq desc limit 1;
      if last_status is distinct from now_status then
        raise exception 'proposal %: status % was set without an event in ai_proposal_events', new.id, now_status
          using errcode = 'SC005', hint = 'use self-coding approve, reject or propose, which write both';
      end if;
      return null;
    end $$;

    -- Checked at commit. Against a bare UPDATE … SET status, by which a proposal would slip past its gate unseen.
    create constraint trigger ai_every_move_is_audited after insert or update of status on public.ai_improvement_proposals
      deferrable initially deferred for each row execute function public.ai_every_move_is_audited();
  `.execute(db);
}
