-- What a worker's report means for the jobs it still holds: p_done as in finish(), matched by token and id with the
-- leases p_tokens. tokens, job_ids and results (null when there are none) are the completed jobs, retried_ids those of
-- them that failed before; closings are the others, with the decision between another attempt and failure,
-- unless the row has it (see limit_retries()).
-- Called by finish(), which has locked the leases.
create or replace function jobstack.ends_of(
  p_queue jobstack.queue, p_tokens bigint[], p_done jsonb,
  out tokens bigint[], out job_ids text[], out results jsonb[], out retried_ids text[],
  out closings jobstack.closing[]
)
language plpgsql
volatile
set search_path = ''
-- One plan for ever; it cannot know how many ids a lease holds, and would compare each with each.
set plan_cache_mode = force_generic_plan
set enable_nestloop = off
set enable_mergejoin = off
set jit = off
as $function$
begin
  with said as materialized (
    select d.*
    from rows from (
      jsonb_to_recordset(p_done) as (
        token bigint, completed text[], id text, outcome text, result jsonb, error text, retryable boolean,
        retry_after_ms float8
      )
    ) with ordinality d(token, completed, id, outcome, result, error, retryable, retry_after_ms, n)
  ), plain as materialized (
    select s.token, c.id from said s cross join lateral unnest(s.completed) c(id)
    where s.token is not null and c.id is not null
  ), detailed as materialized (
    select distinct on (s.token, s.id) s.* from said s where s.completed is null order by s.token, s.id, s.n
  ), held as materialized (
    select l.token, h.job_id, coalesce(h.attempt, 1::smallint) as attempt
    from jobstack.lease l
    cross join lateral unnest(l.job_ids, l.attempts) h(job_id, attempt)
    where l.token = any (p_tokens)
  ), completed as (
    select h.token, h.job_id, h.attempt, null::jsonb as result
    from held h
    where (h.token, h.job_id) in (select p.token, p.id from plain p)
    union all
    select h.token, h.job_id, h.attempt, d.result
    from held h
    join detailed d on d.token = h.token and d.id = h.job_id
    where d.outcome = 'completed' and (h.token, h.job_id) not in (select p.token, p.id from plain p)
  )
  select
    array_agg(c.token), array_agg(c.job_id),
    case when count(c.result) > 0 then array_agg(c.result) end,
    array_agg(c.job_id) filter (where c.attempt > 1),
    (
      select array_agg(
        row (
          h.token, h.job_id, h.attempt,
          case
            when d.outcome = 'released' then 'released'
            when d.retryable is distinct from false
              and (h.attempt < p_queue.max_attempts or p_queue.max_retries_column is not null) then 'retry'
            else 'failed'
          end,
          case when d.outcome = 'failed' then coalesce(d.error, 'the worker gave no reason') end,
          make_interval(secs => d.retry_after_ms / 1000)
        )::jobstack.closing
      )
      from held h
      join detailed d on d.token = h.token and d.id = h.job_id
      where d.outcome <> 'completed' and (h.token, h.job_id) not in (select p.token, p.id from plain p)
    )
  into tokens, job_ids, results, retried_ids, closings
  from completed c;
end;
$function$;
