-- Up to p_limit ready jobs of a queue, in claim order, as of the calling statement's snapshot. Called by has_work(),
-- await_job() and adopt().
create or replace function jobstack.ready_ids(p_queue_id smallint, p_limit int)
returns setof text
language plpgsql
stable
set search_path = ''
set enable_seqscan = off
set enable_bitmapscan = off
as $function$
declare
  v_range record;
  v_found int;
begin
  for v_range in select * from jobstack.ready_ranges(p_queue_id) loop
    if v_range.first_seq is not null then
      return query
        select r.job_id from jobstack.ready r
        where r.queue_id = p_queue_id and r.priority = v_range.high and r.seq >= v_range.first_seq
        order by r.seq
        limit p_limit;
    else
      return query
        select r.job_id from jobstack.ready r
        where r.queue_id = p_queue_id and r.priority between v_range.low and v_range.high
        order by r.priority desc, r.seq
        limit p_limit;
    end if;
    get diagnostics v_found = row_count;
    p_limit := p_limit - v_found;
    exit when p_limit <= 0;
  end loop;
end;
$function$;
