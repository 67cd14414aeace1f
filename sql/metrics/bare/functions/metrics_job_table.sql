-- One row on a described job table: how many jobs are open, by status, how many of them have been processing for longer
-- than they should, the ages of the oldest in seconds, whether finished jobs can be looked at as they come, and the
-- server's time in microseconds since 1970. A status without words is null, as is an age when there is no such job. Reads
-- only open jobs, by an index, or raises: see open_job_table().
-- Called by the exporter (collectors job_table_...).
create or replace function jobstack.metrics_job_table(p_name text, p_description jsonb)
returns table (
  ready bigint, scheduled bigint, processing bigint, stuck bigint, oldest_ready_age double precision,
  oldest_processing_age double precision, timed boolean, server_us bigint
)
language plpgsql
volatile
security definer
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
-- Policies that hide rows from the owner of this function are an error, instead of a wrong number.
set row_security = off
as $function$
declare
  v_table constant jsonb := jobstack.open_job_table(p_name, p_description);
begin
  return query execute format(
    'select
       (sum(o.jobs) filter (where o.status = ''ready''))::bigint,
       (sum(o.jobs) filter (where o.status = ''scheduled''))::bigint,
       (sum(o.jobs) filter (where o.status = ''processing''))::bigint,
       (sum(o.stuck) filter (where o.status = ''processing''))::bigint,
       extract(epoch from now() - min(o.oldest) filter (where o.status = ''ready''))::double precision,
       extract(epoch from now() - min(o.oldest) filter (where o.status = ''processing''))::double precision,
       $2, (extract(epoch from now()) * 1000000)::bigint
     from (%s) o',
    v_table ->> 'open_query'
  ) using
    now() - make_interval(secs => (v_table ->> 'stuck_after_seconds')::int), (v_table ->> 'timed')::boolean;
end;
$function$;
