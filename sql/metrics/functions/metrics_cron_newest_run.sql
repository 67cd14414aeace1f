-- The highest run id of pg_cron; null when there are no runs or pg_cron is absent. One step into the primary key.
-- Called by the exporter (collector cron_runs), which sees by it whether run ids went back.
create or replace function jobstack.metrics_cron_newest_run()
returns bigint
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
    return null;
  end if;
  return (select r.runid from cron.job_run_details r order by r.runid desc limit 1);
end;
$function$;
