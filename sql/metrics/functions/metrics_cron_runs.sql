-- The first p_limit runs of pg_cron after run id p_after, and those of p_open up to it; no rows when pg_cron is absent.
-- Reads by the primary key, the table's only index, so that the cost does not grow with the history. Times are Unix
-- times in seconds. Leaves out command and return_message, which may hold tokens and user data: of the latter it tells
-- only which kind of failure it was. alive is null unless the run is under way: whether its process is still there,
-- for pg_cron closes the runs that a dead launcher left behind only when it starts again.
-- Called by the exporter (collector cron_runs).
create or replace function jobstack.metrics_cron_runs(p_after bigint, p_open bigint[], p_limit int)
returns table (
  runid bigint, jobid bigint, status text, started_at double precision, ended_at double precision, failure text,
  alive boolean
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
    with wanted as (
      (
        select r.runid, r.jobid, r.status, r.start_time, r.end_time, r.return_message, r.job_pid
          from cron.job_run_details r
         where r.runid > p_after
         order by r.runid
         limit p_limit
      )
      union all
      select r.runid, r.jobid, r.status, r.start_time, r.end_time, r.return_message, r.job_pid
        from cron.job_run_details r
       where r.runid = any (p_open) and r.runid <= p_after
    )
    select w.runid, w.jobid, w.status,
           extract(epoch from w.start_time)::double precision,
           extract(epoch from w.end_time)::double precision,
           case
             when w.status <> 'failed' then null
             when w.return_message ilike '%startup timeout%' or w.return_message ilike 'could not start%'
               then 'startup_timeout'
             when w.return_message ilike 'server restarted%' then 'server_restarted'
             when w.return_message ilike 'job canceled%' or w.return_message ilike '%canceling statement due to user%'
               then 'canceled'
             when w.return_message ilike 'connection %' or w.return_message ilike 'server closed the connection%'
               or w.return_message ilike '%terminating connection%'
               then 'connection'
             else 'error'
           end,
           case
             when w.status = 'running' then w.job_pid is null or exists (
               -- A process that began later only has the same number.
               select from pg_catalog.pg_stat_get_activity(w.job_pid) a
                where coalesce(a.backend_start <= w.start_time, true)
             )
           end
      from wanted w;
end;
$function$;
