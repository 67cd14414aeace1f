-- One row on pg_cron's launcher, its settings, and the size of its history; no row when pg_cron is absent. A value that
-- cannot be known is null. Rows are the planner's estimate, null before the first vacuum or analyze.
-- Called by the exporter (collector cron_scheduler).
create or replace function jobstack.metrics_cron_scheduler()
returns table (
  launcher_up boolean, log_run boolean, max_running_jobs int, history_rows bigint, history_bytes bigint
)
language plpgsql
stable
security definer
set search_path = ''
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
      pg_total_relation_size(c.oid)
      from pg_catalog.pg_class c
     where c.oid = to_regclass('cron.job_run_details');
end;
$function$;
