-- One row on what pg_cron goes by: the server's time (Unix time in seconds), the time zone of its crontabs, whether it
-- records runs, the highest run id (newest_runid, null when there are no rows) and the highest that was ever given
-- (last_runid, null before the first), and in which server and with which table (incarnation): a database that was
-- restored from a dump and an extension that was made anew have another one. No row when pg_cron is absent. One step
-- into the primary key. Called by the exporter (collector cron_runs).
create or replace function jobstack.metrics_cron_clock()
returns table (
  server_time double precision, time_zone text, log_run boolean, newest_runid bigint, last_runid bigint, incarnation text
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
declare
  v_server text;
begin
  if to_regclass('cron.job_run_details') is null then
    return;
  end if;
  if has_function_privilege('pg_catalog.pg_control_system()', 'execute') then
    select s.system_identifier into v_server from pg_catalog.pg_control_system() s;
  end if;
  return query
    select
      extract(epoch from now())::double precision,
      -- Before 1.5 there was no such setting, and the time zone was always GMT. A value that is set all the same is in
      -- no list of settings, like one that this role may not see.
      case
        when current_setting('cron.timezone', true) is null then 'GMT'
        else coalesce(
          (select s.setting from pg_catalog.pg_settings s where s.name = 'cron.timezone'),
          (
            select 'GMT'
              from pg_catalog.pg_extension e
             where e.extname = 'pg_cron' and string_to_array(substring(e.extversion from '^\d+\.\d+'), '.')::int[] < '{1,5}'
          ),
          current_setting('cron.timezone', true)
        )
      end,
      current_setting('cron.log_run', true)::boolean,
      newest.runid,
      greatest(newest.runid, (select q.last_value from cron.runid_seq q where q.is_called)),
      concat_ws(' ', v_server, to_regclass('cron.job_run_details')::oid)
      from (select) one
      left join (select r.runid from cron.job_run_details r order by r.runid desc limit 1) newest on true;
end;
$function$;
