-- Ends the jobs a worker reports in p_done, an array of
--   {"token", "completed": [ids]}              jobs that succeeded without a result, the cheap form
--   {"id", "token", "outcome": "completed", "result"}
--   {"id", "token", "outcome": "failed", "error", "retryable", "retry_after_ms"}   the last in place of the backoff
--   {"id", "token", "outcome": "released"}     given back unfinished: pending again at once, the attempt not counted
-- A job whose lease the worker no longer holds is skipped: someone else has it now. Reporting a job twice is harmless.
-- Raises, having changed nothing, when p_done is malformed. Called by step_batch().
create or replace function jobstack.finish(
  p_queue jobstack.queue, p_worker uuid, p_done jsonb, p_now timestamptz
)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_tokens bigint[];
  v_wrong jsonb;
  v_ends record;
begin
  if jsonb_typeof(p_done) is distinct from 'array' then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = format(
        'queue "%s": p_done is %s; write a JSON array',
        p_queue.name, coalesce('of type ' || nullif(jsonb_typeof(p_done), 'null'), 'null')
      );
  end if;
  if p_done = '[]' then
    return;
  end if;
  select d.end -> 'outcome' into v_wrong
  from jsonb_array_elements(p_done) d("end")
  where not (
    coalesce(d.end ->> 'outcome' in ('completed', 'failed', 'released'), false)
    or jsonb_typeof(d.end -> 'completed') is not distinct from 'array'
  )
  limit 1;
  if found then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = format(
        'queue "%s": outcome is %s; write "completed", "failed" or "released"',
        p_queue.name, coalesce(v_wrong::text, 'missing')
      );
  end if;

  -- In the order of tokens, so that two calls about the same leases cannot deadlock. "is true" keeps the planner from
  -- reading every lease of the queue instead of these few.
  v_tokens := array(
    select l.token from jobstack.lease l
    where l.token = any (array(select d.token from jsonb_to_recordset(p_done) d(token bigint)))
      and (l.queue_id = p_queue.id) is true
      and l.worker = p_worker
    order by l.token
    for update
  );
  if v_tokens = '{}' then
    return;
  end if;
  select * into v_ends from jobstack.ends_of(p_queue, v_tokens, p_done);
  if v_ends.job_ids is not null then
    perform jobstack.complete_jobs(
      p_queue, v_ends.tokens, v_ends.job_ids, v_ends.results, v_ends.retried_ids, p_now
    );
  end if;
  if v_ends.closings is not null then
    perform jobstack.close_jobs(p_queue, v_ends.closings, false, p_now);
  end if;
end;
$function$;
