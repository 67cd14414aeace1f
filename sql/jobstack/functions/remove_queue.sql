-- Forgets a queue and everything remembered for it; the user's table stays. Jobs under a lease become pending again,
-- so that none is left processing for ever. Nothing happens when there is no such queue. Called by the deployment.
create or replace function jobstack.remove_queue(p_name text)
returns void
language plpgsql
set search_path = ''
as $function$
declare
  v_queue jobstack.queue;
begin
  select * into v_queue from jobstack.queue q where q.name = p_name for update;
  if not found then
    return;
  end if;
  if v_queue.kind = 'managed' and to_regclass(format('%I.%I', v_queue.table_schema, v_queue.table_name)) is not null then
    execute format(
      'update %1$I.%2$I t set %3$I = %4$L::%5$s
       from jobstack.lease l cross join lateral unnest(l.job_ids) held(id)
       where l.queue_id = $1 and t.%6$I = held.id::%7$s and t.%3$I = %8$L::%5$s',
      v_queue.table_schema, v_queue.table_name, v_queue.status_column, v_queue.pending, v_queue.status_type,
      v_queue.id_column, v_queue.id_type, v_queue.processing
    ) using v_queue.id;
  end if;
  delete from jobstack.lease l where l.queue_id = v_queue.id;
  delete from jobstack.ready r where r.queue_id = v_queue.id;
  delete from jobstack.scheduled s where s.queue_id = v_queue.id;
  delete from jobstack.rate r where r.queue_id = v_queue.id;
  delete from jobstack.attempt a where a.queue_id = v_queue.id;
  delete from jobstack.worker w where w.queue_id = v_queue.id;
  delete from jobstack.count_delta d where d.queue_id = v_queue.id;
  delete from jobstack.queue q where q.id = v_queue.id;
end;
$function$;
