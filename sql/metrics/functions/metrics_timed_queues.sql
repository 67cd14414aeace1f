-- Every queue, and whether its finished jobs can be looked at one by one as they come: that takes a completion time with
-- an index that begins with it, or else each look would read the whole table. server_us is the server's time, in
-- microseconds since 1970. No rows where the queue core is absent.
-- Called by the exporter (collector finished_jobs).
create or replace function jobstack.metrics_timed_queues()
returns table (queue text, timed boolean, server_us bigint)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if to_regclass('jobstack.queue') is null then
    return;
  end if;
  return query
    select
      q.name,
      num_nonnulls(q.completed, q.failed) > 0 and jobstack.has_leading_index(
        to_regclass(format('%I.%I', q.table_schema, q.table_name)), q.completed_at_column
      ),
      (extract(epoch from now()) * 1000000)::bigint
      from jobstack.queue q
     order by q.name;
end;
$function$;
