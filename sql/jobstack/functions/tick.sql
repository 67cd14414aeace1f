-- The upkeep of all queues, every few seconds: makes due jobs ready, closes expired leases, wakes queues whose work
-- nobody is about to look at, folds counters, prunes, delivers alerts. Bounded work per call, and what one queue's
-- table refuses stops no other: it stands under errors. Returns what was done; {"skipped": true} while another runs.
-- Called by one pg_cron job. Takes the tick's lock, without waiting.
create or replace function jobstack.tick()
returns jsonb
language plpgsql
set search_path = ''
set lock_timeout = '1s'
as $function$
declare
  v_now constant timestamptz := jobstack.now();
  v_queue jobstack.queue;
  v_promoted int := 0;
  v_rescued int := 0;
  v_woken int := 0;
  v_pruned int := 0;
  v_folded int := 0;
  v_alerted int := 0;
  v_errors jsonb := '[]';
begin
  if not pg_try_advisory_xact_lock(jobstack.lock_space(), 0) then
    return '{"skipped": true}';
  end if;
  update jobstack.upkeep set ticked_at = v_now where only_row;
  -- A copy made by logical replication has the rows without the numbers, which begin again below the floors.
  update jobstack.claim_floor f set (priorities, seqs, settled) = row ('{}'::int[], '{}'::bigint[], 0)
  where f.settled > (select s.last_value from jobstack.ready_seq_seq s);
  for v_queue in select * from jobstack.queue q where q.kind = 'observed' order by q.id loop
    begin
      perform jobstack.recount(v_queue, v_now);
    exception
      when others then
        v_errors := v_errors || jsonb_build_object('queue', v_queue.name, 'doing', 'count', 'error', sqlerrm);
    end;
  end loop;
  for v_queue in select * from jobstack.queue q where q.kind = 'managed' order by q.id loop
    begin
      v_rescued := v_rescued + jobstack.rescue(v_queue, 20, v_now);
    exception
      when others then
        v_errors := v_errors || jsonb_build_object('queue', v_queue.name, 'doing', 'rescue', 'error', sqlerrm);
    end;
    begin
      v_promoted := v_promoted + jobstack.promote(v_queue.id, 10000, v_now);
    exception
      when others then
        v_errors := v_errors || jsonb_build_object('queue', v_queue.name, 'doing', 'promote', 'error', sqlerrm);
    end;
    begin
      v_pruned := v_pruned + jobstack.prune_jobs(v_queue, v_now);
    exception
      when others then
        v_errors := v_errors || jsonb_build_object('queue', v_queue.name, 'doing', 'prune', 'error', sqlerrm);
    end;
  end loop;
  begin
    v_folded := jobstack.fold_counts();
  exception
    when others then
      v_errors := v_errors || jsonb_build_object('doing', 'fold', 'error', sqlerrm);
  end;
  begin
    v_pruned := v_pruned + jobstack.prune(v_now);
  exception
    when others then
      v_errors := v_errors || jsonb_build_object('doing', 'prune', 'error', sqlerrm);
  end;
  begin
    v_alerted := jobstack.deliver_alerts(v_now);
  exception
    when others then
      v_errors := v_errors || jsonb_build_object('doing', 'alert', 'error', sqlerrm);
  end;
  -- Last, because waking keeps the queue's workers from falling asleep until this commits.
  for v_queue in select * from jobstack.queue q where q.wake_url is not null and not q.paused order by q.id loop
    begin
      if not jobstack.worker_is_awake(v_queue.id, v_now) and jobstack.has_work(v_queue.id) then
        v_woken := v_woken + (jobstack.wake(v_queue.name) = 'sent')::int;
      end if;
    exception
      when others then
        v_errors := v_errors || jsonb_build_object('queue', v_queue.name, 'doing', 'wake', 'error', sqlerrm);
    end;
  end loop;
  return jsonb_build_object(
    'promoted', v_promoted, 'rescued', v_rescued, 'woken', v_woken, 'folded', v_folded, 'pruned', v_pruned,
    'alerted', v_alerted, 'errors', v_errors
  );
end;
$function$;
