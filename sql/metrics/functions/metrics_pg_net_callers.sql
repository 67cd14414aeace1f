-- What is declared to send requests through pg_net and notes them: schedules that call a function, and queues with a
-- wake-up. No rows where the queue core is absent.
-- Called by the exporter (collector pg_net), which shows zeros for them before the first response.
create or replace function jobstack.metrics_pg_net_callers()
returns table (source text, name text)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if to_regclass('jobstack.function_call') is null then
    return;
  end if;
  return query
    select 'wakeup', q.name
      from jobstack.queue q
     where q.wake_url is not null;
  if to_regclass('cron.job') is null then
    return;
  end if;
  return query
    select 'schedule', j.jobname::text
      from cron.job j
     where j.jobname is not null and j.command like '%jobstack.call\_function(%'
     group by j.jobname;
end;
$function$;
