-- How often a job may be tried of which its row says that it may be tried again p_max_retries times; where the row says
-- nothing, what holds for its queue. Called by step_batch() and max_attempts_each().
create or replace function jobstack.max_attempts_of(p_queue jobstack.queue, p_max_retries bigint)
returns int
language plpgsql
immutable
set search_path = ''
as $function$
begin
  if p_max_retries is null then
    return p_queue.max_attempts;
  end if;
  -- As many as a queue may allow, since attempts are counted in a smallint.
  return least(greatest(p_max_retries, 0), 999) + 1;
end;
$function$;
