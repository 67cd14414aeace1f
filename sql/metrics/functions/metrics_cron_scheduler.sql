-- One row on pg_cron's launcher, its settings, and the size of its history; no row when pg_cron is absent. A value that
-- cannot be known is null. Rows are the planner's estimate, null before the first vacuum or analyze; the oldest time is
-- that of the lowest run ids, a Unix time in seconds.
-- Called by the exporter (collector cron_scheduler).
create or replace function jobstack.metrics_cron_scheduler()
returns table (
  launcher_up boolean, log_run boolean, max_running_jobs int, history_rows bigint, history_bytes bigint,
  history_oldest double precision
)
language plpgsql
stable
security definer
set search_path = ''
-- Leaves the planner only the order of the index: a plan is kept with its connection, and one made while the table was
-- small would go on to read and sort all of it once it has grown.
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
as $function$
begin
  if to_regclass('cron.job_run_details') is null then
    return;
  end if;
  return query
    select
      -- The name is shown to everyone, the type of a backend only to those who may read its statistics.
      exists (
        select from pg_catalog.pg_stat_activity a
         where a.application_name = 'pg_cron scheduler' or a.backend_type = 'pg_cron launcher'
      ),
      current_setting('cron.log_run', true)::boolean,
      current_setting('cron.max_running_jobs', true)::int,
      nullif(c.reltuples, -1)::bigint,
      pg_total_relation_size(c.oid),
      (
        select extract(epoch from min(coalesce(first.start_time, first.end_time)))::double precision
          from (
            -- Runs that never started have no times, and retention by time leaves them behind.
            select r.start_time, r.end_time from cron.job_run_details r order by r.runid limit 100
          ) first
      )
      from pg_catalog.pg_class c
     where c.oid = to_regclass('cron.job_run_details');
end;
$function$;
