-- Processes pending orders, oldest first, until the queue is empty or p_limit are done; returns how many. All of them are
-- one transaction, so whoever has many gives a limit and calls again. Nobody else processes orders meanwhile: orders of
-- several issuers and users, locked by several transactions in different order, would deadlock.
-- Called by the Edge Function process-queue, by the scripts and by operators. Takes the market's lock, exclusively.
create or replace function public.process_all_pending_orders(p_limit int default null)
returns int
language plpgsql
security definer
set search_path = ''
set lock_timeout = '5s'
as $function$
declare
  v_batch constant int := 1000;
  v_ids bigint[];
  v_last bigint := 0;
  v_done int := 0;
begin
  perform pg_advisory_xact_lock(hashtextextended('market', 0));
  loop
    -- Behind the last one: the index still has all that this transaction has processed.
    select array_agg(o.id), max(o.id) into v_ids, v_last
    from (
      select q.id from public.queue q
      where q.status = 'pending' and q.id > v_last
      order by q.id
      limit least(v_batch, p_limit - v_done)
      for no key update skip locked
    ) o;
    exit when v_ids is null;
    perform public.settle_orders(v_ids);
    v_done := v_done + cardinality(v_ids);
  end loop;
  return v_done;
end;
$function$;
