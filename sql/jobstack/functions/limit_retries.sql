-- The closings with those retries turned into failures that the jobs' own rows do not allow any more. A row that says
-- nothing has its queue's limit. Called by close_jobs(), for a queue with a max_retries_column.
create or replace function jobstack.limit_retries(p_queue jobstack.queue, p_closings jobstack.closing[])
returns jobstack.closing[]
language plpgsql
stable
set search_path = ''
as $function$
begin
  return array(
    select row (
      c.token, c.job_id, c.attempt,
      case when c.outcome = 'retry' and c.attempt >= c.allowed then 'failed' else c.outcome end, c.error, c.retry_after
    )::jobstack.closing
    from unnest(p_closings, jobstack.max_attempts_each(p_queue, array(select d.job_id from unnest(p_closings) d)))
      c(token, job_id, attempt, outcome, error, retry_after, allowed)
  );
end;
$function$;
