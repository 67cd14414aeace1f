-- The parts of a queue's claim order, to be looked at one after the other: each priority that has a floor, from there
-- on, and the priorities between (high > low or first_seq null). Called by take_ready(), ready_ids() and oldest_ready().
create or replace function jobstack.ready_ranges(p_queue_id smallint)
returns table (high int, low int, first_seq bigint)
language sql
stable
set search_path = ''
as $function$
  with floors as (
    select u.priority, u.seq
    from jobstack.claim_floor f cross join lateral unnest(f.priorities, f.seqs) u(priority, seq)
    where f.queue_id = p_queue_id
  ), edges as (
    select e.edge, lag(e.edge) over (order by e.edge) as below
    from (
      select f.priority::bigint as edge from floors f
      union all values (-2147483649), (2147483648)
    ) e
  )
  select f.priority as high, f.priority as low, f.seq as first_seq from floors f
  union all
  select (e.edge - 1)::int, (e.below + 1)::int, null from edges e where e.edge - 1 > e.below
  order by high desc
$function$;
