-- Calls for a worker of a queue: 'sent', 'coalesced' (one is awake or on its way), 'failed', or 'disabled' (no such
-- queue, no wake_url, or paused). Never raises and never waits; p_force calls even if a worker seems awake.
-- What it says is a warning that no client sees: with a line of level LOG, Postgres logs the user's statement, with
-- whatever secret stands in it.
-- Called by the insert triggers, poll(), tick(), workers that hand over, operators, and wake_all_pending(), redrive() and
-- resume_queue() on their behalf. Takes the queue's wake-up lock, shared.
create or replace function jobstack.wake(p_queue text, p_force boolean default false)
returns text
language plpgsql
security definer
set search_path = ''
set client_min_messages = error
as $function$
declare
  v_queue jobstack.queue;
  v_now timestamptz;
  v_outcome text;
begin
  v_now := jobstack.now();
  select * into v_queue from jobstack.queue q where q.name = p_queue;
  if not found then
    return 'disabled';
  end if;
  if v_queue.paused or v_queue.wake_url is null then
    v_outcome := 'disabled';
  elsif not p_force and jobstack.worker_will_look(v_queue.id, v_now) then
    v_outcome := 'coalesced';
  else
    begin
      perform jobstack.post_wake(v_queue, v_now);
      v_outcome := 'sent';
    exception
      when others then
        raise warning 'queue "%": wake-up failed: %', p_queue, sqlerrm;
        v_outcome := 'failed';
    end;
  end if;
  insert into jobstack.count_delta (queue_id, wake_sent, wake_coalesced, wake_failed, wake_disabled)
  values (
    v_queue.id, (v_outcome = 'sent')::int, (v_outcome = 'coalesced')::int, (v_outcome = 'failed')::int,
    (v_outcome = 'disabled')::int
  );
  return v_outcome;
exception
  when others then
    raise warning 'queue "%": wake-up failed: %', p_queue, sqlerrm;
    return 'failed';
end;
$function$;
