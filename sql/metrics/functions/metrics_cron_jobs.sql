-- The jobs of pg_cron, those of all users; no rows when pg_cron is absent. Security definer, because row-level security
-- shows a role only its own jobs. Leaves out the command, which often holds a token.
-- Called by the exporter (collectors cron_jobs, cron_runs).
create or replace function jobstack.metrics_cron_jobs()
returns table (jobid bigint, job_name text, schedule text, database text, username text, active boolean)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if to_regclass('cron.job') is null then
    return;
  end if;
  return query
    select j.jobid, j.jobname::text, j.schedule, j.database, j.username, j.active
      from cron.job j
     order by j.jobid;
end;
$function$;
