-- Takes closed jobs out of their leases, and deletes leases that are empty then. Each closing names an id that its
-- lease holds, once. The caller has locked the leases. Called by close_jobs().
create or replace function jobstack.shrink_leases(p_closings jobstack.closing[])
returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_open bigint[];
begin
  -- The usual case, a whole batch at once, need not look into the arrays.
  with closed as (
    select c.token, count(*) as jobs from unnest(p_closings) c group by c.token
  ), emptied as (
    delete from jobstack.lease l using closed c
    where l.token = c.token and cardinality(l.job_ids) = c.jobs
    returning l.token
  )
  select array_agg(c.token) into v_open
  from closed c
  where c.token not in (select e.token from emptied e);

  if v_open is not null then
    with kept as (
      select
        l.token, array_agg(held.job_id order by held.n) as job_ids,
        array_agg(held.attempt order by held.n) as attempts
      from jobstack.lease l
      cross join lateral unnest(l.job_ids, l.attempts) with ordinality held(job_id, attempt, n)
      where l.token = any (v_open)
        and (l.token, held.job_id) not in (select c.token, c.job_id from unnest(p_closings) c)
      group by l.token
    )
    update jobstack.lease l
    set job_ids = k.job_ids, attempts = case when l.attempts is not null then k.attempts end
    from kept k
    where l.token = k.token;
  end if;
end;
$function$;
