-- Takes closed jobs out of their leases, and deletes leases that are empty then. p_job_ids[i] is held by the lease
-- p_tokens[i], and given once. The caller has locked the leases. Called by complete_jobs(), close_jobs() and
-- cancel().
create or replace function jobstack.shrink_leases(p_tokens bigint[], p_job_ids text[])
returns void
language plpgsql
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
as $function$
declare
  v_open bigint[];
begin
  -- The usual case, a whole batch at once, need not look into the arrays.
  with closed as (
    select c.token, count(*) as jobs from unnest(p_tokens) c(token) group by c.token
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
        and (l.token, held.job_id) not in (select c.token, c.job_id from unnest(p_tokens, p_job_ids) c(token, job_id))
      group by l.token
    )
    update jobstack.lease l
    set job_ids = k.job_ids, attempts = case when l.attempts is not null then k.attempts end
    from kept k
    where l.token = k.token;
  end if;
end;
$function$;
