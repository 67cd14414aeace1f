-- Deletes what nobody asks for any more, in batches and at most every five minutes: workers that vanished, errors
-- older than 30 days, and, older than 7 days, alerts that nothing checks any more, calls of functions, and pg_cron's run
-- history, which it never prunes itself. Called by tick().
create or replace function jobstack.prune(p_now timestamptz)
returns int
language plpgsql
set search_path = ''
as $function$
declare
  v_batch constant int := 5000;
  v_pruned int;
  v_total int;
begin
  if (select u.pruned_at from jobstack.upkeep u) > p_now - interval '5 minutes' then
    return 0;
  end if;
  update jobstack.upkeep set pruned_at = p_now where only_row;

  delete from jobstack.worker w
  where (w.queue_id, w.id) in (
    select v.queue_id, v.id from jobstack.worker v
    where v.awake_until < p_now - interval '10 minutes'
    for update skip locked
  );
  get diagnostics v_total = row_count;

  delete from jobstack.attempt a
  where (a.queue_id, a.job_id) in (
    select b.queue_id, b.job_id from jobstack.attempt b
    where b.failed_at < p_now - interval '30 days'
    order by b.failed_at
    limit v_batch
    for update skip locked
  );
  get diagnostics v_pruned = row_count;
  v_total := v_total + v_pruned;

  delete from jobstack.function_call c
  where c.ctid = any (array(
    select d.ctid from jobstack.function_call d
    where d.called_at < p_now - interval '7 days'
    order by d.called_at
    limit v_batch
    for update skip locked
  ));
  get diagnostics v_pruned = row_count;
  v_total := v_total + v_pruned;

  delete from jobstack.alert a where a.checked_at < p_now - interval '7 days';
  get diagnostics v_pruned = row_count;
  v_total := v_total + v_pruned;

  -- Its only index is the run id; the oldest runs have the lowest.
  begin
    delete from cron.job_run_details d
    where d.runid in (
      select o.runid
      from (select r.runid, r.end_time from cron.job_run_details r order by r.runid limit v_batch) o
      where o.end_time < p_now - interval '7 days'
    );
    get diagnostics v_pruned = row_count;
    v_total := v_total + v_pruned;
  exception
    when undefined_table or invalid_schema_name or insufficient_privilege then null;
  end;
  return v_total;
end;
$function$;
