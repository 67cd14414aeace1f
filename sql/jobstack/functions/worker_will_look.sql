-- Whether a worker is certain to look for work after this transaction has committed, so that it need not be woken.
-- The shared lock, held to the end of the transaction, keeps every worker of the queue from falling asleep meanwhile:
-- sleep() takes it exclusively, without waiting either. When it is refused, a worker is falling asleep right now.
-- Only read committed sees workers as they are now; any other producer always wakes. Called by wake().
create or replace function jobstack.worker_will_look(p_queue_id smallint, p_now timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $function$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    return false;
  end if;
  if not pg_try_advisory_xact_lock_shared(jobstack.lock_space(), p_queue_id) then
    return false;
  end if;
  -- A statement of its own, so that its snapshot is newer than the lock.
  return jobstack.worker_is_awake(p_queue_id, p_now);
end;
$function$;
