-- One row on pg_net: whether its worker is there, how many requests wait (counted up to 10000), and when the newest
-- response was recorded, in microseconds since 1970; no row when pg_net is absent.
-- Called by the exporter (collector pg_net).
create or replace function jobstack.metrics_pg_net()
returns table (worker_up boolean, queue_length bigint, newest_response_us bigint)
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
  if to_regclass('net.http_request_queue') is null then
    return;
  end if;
  return query
    select
      exists (
        select from pg_catalog.pg_stat_activity a
         where a.backend_type ilike '%pg_net%worker%' or a.application_name ilike '%pg_net%worker%'
      ),
      (select count(*) from (select from net.http_request_queue limit 10000) waiting),
      (
        select (extract(epoch from r.created) * 1000000)::bigint
          from net._http_response r
         order by r.created desc
         limit 1
      );
end;
$function$;
