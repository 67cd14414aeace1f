-- One row on pg_net: whether its worker is there, how many requests wait (counted up to 10000) and the lowest id of
-- these, when the newest response was recorded (microseconds since 1970) and the oldest that is kept (Unix time in
-- seconds), the planner's estimate of their number (null before the first vacuum or analyze), and for how many seconds
-- they are kept; no row when pg_net is absent.
-- Called by the exporter (collector pg_net).
create or replace function jobstack.metrics_pg_net()
returns table (
  worker_up boolean, queue_length bigint, queue_head bigint, newest_response_us bigint, response_rows bigint,
  oldest_response double precision, ttl_seconds double precision
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
  if to_regclass('net.http_request_queue') is null then
    return;
  end if;
  return query
    with waiting as materialized (
      select q.id from net.http_request_queue q limit 10000
    )
    select
      exists (
        select from pg_catalog.pg_stat_activity a
         where a.backend_type ilike '%pg_net%worker%' or a.application_name ilike '%pg_net%worker%'
      ),
      (select count(*) from waiting),
      (select min(w.id) from waiting w),
      (
        select (extract(epoch from r.created) * 1000000)::bigint
          from net._http_response r
         order by r.created desc
         limit 1
      ),
      (
        select nullif(c.reltuples, -1)::bigint
          from pg_catalog.pg_class c
         where c.oid = to_regclass('net._http_response')
      ),
      (
        select extract(epoch from r.created)::double precision
          from net._http_response r
         order by r.created
         limit 1
      ),
      extract(epoch from current_setting('pg_net.ttl', true)::interval)::double precision;
end;
$function$;
