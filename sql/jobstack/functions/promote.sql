-- Makes up to p_limit due jobs of a queue ready; returns how many. Rows another session promotes are skipped.
-- Called by renew() and tick().
create or replace function jobstack.promote(p_queue_id smallint, p_limit int, p_now timestamptz)
returns int
language plpgsql
set search_path = ''
-- In the index's order, even by a plan made while the table was empty.
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $function$
declare
  v_promoted int;
begin
  perform jobstack.announce_ready(p_queue_id);
  with due as (
    delete from jobstack.scheduled s
    where s.ctid = any (array(
      select c.ctid from jobstack.scheduled c
      where c.queue_id = p_queue_id and c.run_at <= p_now
      order by c.run_at, c.seq
      limit p_limit
      for update skip locked
    ))
    returning s.run_at, s.seq, s.priority, s.attempt, s.job_id
  )
  insert into jobstack.ready (queue_id, priority, attempt, ready_at, job_id)
  select p_queue_id, d.priority, d.attempt, p_now, d.job_id
  from due d
  order by d.run_at, d.seq;
  get diagnostics v_promoted = row_count;
  if v_promoted > 0 then
    insert into jobstack.count_delta (queue_id, ready, scheduled) values (p_queue_id, v_promoted, - v_promoted);
  end if;
  return v_promoted;
end;
$function$;
