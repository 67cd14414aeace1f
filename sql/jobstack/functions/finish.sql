-- Ends the jobs a worker reports in p_done: [{"id", "token", "outcome": "completed"|"failed", "result", "error",
-- "retryable"}]. A job whose lease the worker no longer holds is skipped: someone else has it now. Reporting a job
-- twice is harmless. Raises, having changed nothing, when p_done is malformed. Called by step().
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
  v_closings jobstack.closing[];
  v_wrong jsonb;
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
  select d.job -> 'outcome' into v_wrong
  from jsonb_array_elements(p_done) d(job)
  where d.job ->> 'outcome' is null or d.job ->> 'outcome' not in ('completed', 'failed')
  limit 1;
  if found then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = format(
        'queue "%s": outcome is %s; write "completed" or "failed"', p_queue.name, coalesce(v_wrong::text, 'missing')
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
  v_closings := jobstack.closings_of(p_queue, v_tokens, p_done);
  if v_closings is not null then
    perform jobstack.close_jobs(p_queue, v_closings, false, p_now);
  end if;
end;
$function$;
