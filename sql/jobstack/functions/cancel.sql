-- Cancels one job of a queue, waiting or in work: its row gets the word for cancelled (the one for failed where the table
-- has none) and the error "cancelled", and nothing gives it out or writes it any more. A worker that has it in work
-- loses it at its next heartbeat, and its report counts for nothing. False: no job of that id is open.
-- Called by operators. May wait for a row or lease that someone else has locked: the lease first, as finish() does. Its
-- cost grows with the queue's backlog, of which it takes the job out.
create or replace function jobstack.cancel(p_queue text, p_id text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_queue constant jobstack.queue := jobstack.managed_queue(p_queue);
  v_now constant timestamptz := jobstack.now();
  v_token bigint;
  v_held int;
  v_ready int;
  v_scheduled int;
begin
  -- Again, because a worker may take the job, or fail it, while this waits for its row.
  for v_round in 1..3 loop
    select l.token into v_token from jobstack.lease l
    where l.queue_id = v_queue.id and p_id = any (l.job_ids)
    for update;
    v_held := (v_token is not null)::int;
    if jobstack.write_cancelled(v_queue, p_id, case v_held when 1 then v_queue.processing else v_queue.pending end, v_now)
    then
      if v_held = 1 then
        perform jobstack.shrink_leases(array[v_token], array[p_id]);
      end if;
      delete from jobstack.ready r where r.queue_id = v_queue.id and r.job_id = p_id;
      get diagnostics v_ready = row_count;
      delete from jobstack.scheduled s where s.queue_id = v_queue.id and s.job_id = p_id;
      get diagnostics v_scheduled = row_count;
      insert into jobstack.count_delta (queue_id, ready, scheduled, processing, cancelled)
      values (v_queue.id, - v_ready, - v_scheduled, - v_held, 1);
      return true;
    end if;
  end loop;
  return false;
end;
$function$;
