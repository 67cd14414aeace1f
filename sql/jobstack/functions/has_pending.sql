-- Whether an observed queue's table has a pending job: one index probe. Called by has_work().
create or replace function jobstack.has_pending(p_queue jobstack.queue)
returns boolean
language plpgsql
volatile
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_found boolean;
begin
  execute format(
    'select exists (select from %I.%I t where t.%I = %L::%s)',
    p_queue.table_schema, p_queue.table_name, p_queue.status_column, p_queue.pending, p_queue.status_type
  ) into v_found;
  return v_found;
end;
$function$;
