-- Counts the first p_limit responses of pg_net recorded after p_after_us (microseconds since 1970), one row for each
-- outcome and caller: source and name are null for requests that nobody noted. It says up to which time it counted,
-- when the newest of each was recorded (Unix time in seconds), and how many of the caller's last ones in a row were no
-- success. No rows when there are none or pg_net is absent.
-- Each response is counted once: the worker records in the order of `created`, and the last two seconds are left for
-- the next call, in case several record at once. Reads by the index on `created`.
-- Called by the exporter (collector pg_net).
create or replace function jobstack.metrics_pg_net_responses(p_after_us bigint, p_limit int)
returns table (
  until_us bigint, source text, name text, outcome text, responses bigint, newest double precision,
  failed_in_a_row bigint
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
  v_after timestamptz := timestamptz 'epoch' + p_after_us * interval '1 microsecond';
  v_settled timestamptz := now() - interval '2 seconds';
  v_until timestamptz;
begin
  if to_regclass('net._http_response') is null then
    return;
  end if;
  select max(first.created) into v_until
    from (
      select r.created
        from net._http_response r
       where r.created > v_after and r.created <= v_settled
       order by r.created
       limit p_limit
    ) first;
  return query
    with response as materialized (
      select
        r.created, c.source, c.name,
        case
          -- Before pg_net 0.19 timed_out was never set, and the text alone tells a timeout.
          when r.timed_out or r.error_msg ilike 'timeout%' then 'timeout'
          when r.status_code between 100 and 599 then (r.status_code / 100) || 'xx'
          else 'error'
        end as kind
        from net._http_response r
        left join lateral jobstack.metrics_caller_of(r.id, r.created) c on true
       where r.created > v_after and r.created <= v_until
    ), dated as (
      select r.*, max(r.created) filter (where r.kind = '2xx') over (partition by r.source, r.name) as succeeded_at
        from response r
    )
    select
      (extract(epoch from v_until) * 1000000)::bigint, d.source, d.name, d.kind, count(*),
      extract(epoch from max(d.created))::double precision,
      (
        sum(count(*) filter (where d.succeeded_at is null or d.created > d.succeeded_at))
          over (partition by d.source, d.name)
      )::bigint
      from dated d
     group by d.source, d.name, d.kind;
end;
$function$;
