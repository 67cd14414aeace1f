-- True: the worker counts as asleep from this commit on and may exit; no insert can have missed it. False: there may
-- be work, poll again. A worker that must leave with work left calls wake(queue, true) instead of waiting for true.
-- Called by workers, in a transaction of its own. Takes the queue's wake-up lock exclusively, without waiting.
create or replace function jobstack.sleep(p_queue text, p_worker uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_queue constant jobstack.queue := jobstack.queue_named(p_queue);
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception using
      errcode = 'active_sql_transaction',
      message = format(
        'queue "%s": sleep() was called in a %s transaction, which cannot see the newest jobs; '
        'call it in read committed',
        p_queue, current_setting('transaction_isolation')
      );
  end if;
  -- Refused: an insert that counted on a worker being awake has not committed yet.
  if not pg_try_advisory_xact_lock(jobstack.lock_space(), v_queue.id) then
    return false;
  end if;
  -- Whoever held the lock before has committed, and this statement's snapshot, newer than the lock, sees it.
  if not v_queue.paused and jobstack.has_work(v_queue.id) then
    return false;
  end if;
  -- An expected worker has either come, or finds nothing: the next insert must call again.
  delete from jobstack.worker w where w.queue_id = v_queue.id and (w.id = p_worker or w.expected);
  return true;
end;
$function$;
