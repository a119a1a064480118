import { type Kysely, sql } from 'kysely';

/**
 * `public.ai_task_queue`: the jobs of pg-boss under the name that other tools know.
 * The view reads through a function whose body is bound when it runs, so that it can be made before pg-boss made its
 * schema, and so that an upgrade of pg-boss may alter its table without tripping over a view that depends on it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function public.ai_task_queue_rows() returns table (
      id uuid, task_type text, status text, payload jsonb, priority integer, attempts integer, max_attempts integer,
      created_at timestamptz, available_at timestamptz, started_at timestamptz, completed_at timestamptz,
      error text, output jsonb)
    language plpgsql stable as $$
    #variable_conflict use_column
    begin
      if to_regclass('pgboss.job') is null then
        return;
      end if;
      return query
        select j.id, j.name, case j.state::text
            when 'created' then 'queued'
            when 'retry' then 'retrying'
            when 'active' then 'running'
            else j.state::text end,
          j.data, j.priority,
          case when j.started_on is null then 0 else j.retry_count + 1 end, j.retry_limit + 1,
          j.created_on, j.start_after, j.started_on, j.completed_on,
          case when j.state::text in ('retry', 'failed') then coalesce(j.output ->> 'message', j.output ->> 'value') end,
          j.output
        from pgboss.job j
        where j.name = 'self_build';
    end $$;

    create view public.ai_task_queue as select * from public.ai_task_queue_rows();
    comment on view public.ai_task_queue is 'Read-only: the jobs of pg-boss with task_type self_build.';

    create function public.ai_task_queue_is_read_only() returns trigger language plpgsql as $$
    begin
      raise exception 'ai_task_queue is a read-only view of pg-boss: % refused', tg_op
        using errcode = 'SC004', hint = 'queue a job with: self-coding approve ID';
    end $$;

    -- The first makes the view writable in principle, the second refuses, also where no row matches.
    create trigger ai_task_queue_row_is_read_only instead of insert or update or delete on public.ai_task_queue
      for each row execute function public.ai_task_queue_is_read_only();
    create trigger ai_task_queue_is_read_only before insert or update or delete on public.ai_task_queue
      for each statement execute function public.ai_task_queue_is_read_only();
  `.execute(db);
}
