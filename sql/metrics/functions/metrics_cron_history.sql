-- The last p_limit runs of pg_cron before run id p_before, newest first; no rows when pg_cron is absent.
-- Reads by the primary key like metrics_cron_runs(), with the same columns.
-- Called by the exporter (collector cron_runs) until it knows the last success of each job.
create or replace function jobstack.metrics_cron_history(p_before bigint, p_limit int)
returns table (runid bigint, jobid bigint, status text, started_at double precision, ended_at double precision)
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
    select r.runid, r.jobid, r.status,
           extract(epoch from r.start_time)::double precision,
           extract(epoch from r.end_time)::double precision
      from cron.job_run_details r
     where r.runid < p_before
     order by r.runid desc
     limit p_limit;
end;
$function$;
