-- What a worker's report means for the jobs it still holds: p_done as in finish(), matched by token and id with the
-- leases p_tokens, with the decision between another attempt and failure, unless the row has it (see limit_retries()).
-- Null when it holds none of the jobs.
-- Called by finish(), which has locked the leases.
create or replace function jobstack.closings_of(p_queue jobstack.queue, p_tokens bigint[], p_done jsonb)
returns jobstack.closing[]
language plpgsql
volatile
set search_path = ''
-- The planner cannot know how many ids a lease holds, and would compare each with each.
set enable_nestloop = off
set enable_mergejoin = off
set jit = off
as $function$
begin
  return (
    with done as materialized (
      select distinct on (d.token, d.id) d.*
      from rows from (
        jsonb_to_recordset(p_done) as (id text, token bigint, outcome text, result jsonb, error text, retryable boolean)
      ) with ordinality d(id, token, outcome, result, error, retryable, n)
      order by d.token, d.id, d.n
    ), held as materialized (
      select l.token, h.job_id, coalesce(h.attempt, 1::smallint) as attempt
      from jobstack.lease l
      cross join lateral unnest(l.job_ids, l.attempts) h(job_id, attempt)
      where l.token = any (p_tokens)
    )
    select array_agg(
      row (
        held.token, held.job_id, held.attempt,
        case
          when done.outcome = 'completed' then 'completed'
          when done.retryable is distinct from false
            and (held.attempt < p_queue.max_attempts or p_queue.max_retries_column is not null) then 'retry'
          else 'failed'
        end,
        case when done.outcome = 'completed' then done.result end,
        case when done.outcome = 'failed' then coalesce(done.error, 'the worker gave no reason') end
      )::jobstack.closing
    )
    from held
    join done on done.token = held.token and done.id = held.job_id
  );
end;
$function$;
