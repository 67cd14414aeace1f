-- The ceiling: what of the work is unavoidable while finished jobs stay in the table. One call ends a batch and claims
-- the next, by plans that are as good as they get, with no lease, no retry and no wake-up.
create function raw_step(p_done bigint[], p_want int)
returns table (id bigint, payload jsonb)
language plpgsql
set enable_seqscan = off
set enable_bitmapscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $function$
begin
  update jobs j set status = 'completed', completed_at = now() where j.id = any (p_done);
  return query
    with claimed as materialized (
      select j.id from jobs j where j.status = 'pending' order by j.id limit p_want for update skip locked
    )
    update jobs j set status = 'processing', attempts = attempts + 1, started_at = now()
    from claimed c
    where j.id = c.id
    returning j.id, j.payload;
end;
$function$;
