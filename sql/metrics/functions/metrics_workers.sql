-- One row for each queue: how many of its workers are awake, and how many are on their way after a wake-up; no rows where
-- the queue core is absent. Called by the exporter (collector upkeep).
create or replace function jobstack.metrics_workers()
returns table (queue text, awake bigint, expected bigint)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if to_regclass('jobstack.worker') is null then
    return;
  end if;
  return query
    select
      q.name,
      count(w.id) filter (where not w.expected),
      count(w.id) filter (where w.expected)
      from jobstack.queue q
      left join jobstack.worker w on w.queue_id = q.id and w.awake_until > jobstack.now()
     group by q.name
     order by q.name;
end;
$function$;
