-- A queue's rate limits, one row each: at most so many jobs of a subject start in any period of that length.
-- Called by put_off_over_limit().
create or replace function jobstack.rate_rules(p_queue jobstack.queue)
returns table (n int, subject jsonb, jobs int, period interval)
language plpgsql
stable
set search_path = ''
as $function$
begin
  return query
    select
      l.n::int, l.rule - 'jobs' - 'seconds', (l.rule ->> 'jobs')::int, make_interval(secs => (l.rule ->> 'seconds')::float8)
    from jsonb_array_elements(p_queue.rate_limits) with ordinality l(rule, n)
    order by l.n;
end;
$function$;
