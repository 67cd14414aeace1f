-- Sets the counts of an observed queue's open jobs right, every five minutes: triggers that were missing or off, and
-- statements whose count failed, are made up for. Counts what is open, never history. The jobs and the counts are of one
-- snapshot, so that it needs no lock against those who write. Called by tick(). Takes the queue's adoption lock, without
-- waiting, because two corrections would add up.
create or replace function jobstack.recount(p_queue jobstack.queue, p_now timestamptz)
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
as $function$
begin
  if p_queue.counted_at > p_now - interval '5 minutes'
    or not pg_try_advisory_xact_lock(jobstack.lock_space(), - p_queue.id) then
    return;
  end if;
  execute format(
    'insert into jobstack.count_delta (queue_id, ready, processing)
     select $1, t.pending - c.ready, t.processing - c.processing
     from (
       select
         (select count(*) from %1$I.%2$I t where t.%3$I = %4$L::%6$s) as pending,
         (select count(*) from %1$I.%2$I t where t.%3$I = %5$L::%6$s) as processing
     ) t, (
       select coalesce(sum(d.ready), 0) as ready, coalesce(sum(d.processing), 0) as processing
       from (
         select b.queue_id, b.ready, b.processing from jobstack.count_base b
         union all select d.queue_id, d.ready, d.processing from jobstack.count_delta d
       ) d
       where d.queue_id = $1
     ) c
     where (t.pending, t.processing) <> (c.ready, c.processing)',
    p_queue.table_schema, p_queue.table_name, p_queue.status_column, p_queue.pending, p_queue.processing,
    p_queue.status_type
  ) using p_queue.id;
  update jobstack.queue q set counted_at = p_now where q.id = p_queue.id;
end;
$function$;
