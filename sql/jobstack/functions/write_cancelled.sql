-- Writes the end of a cancelled job into its row, if that has the status p_status. May wait for the row.
-- Called by cancel().
create or replace function jobstack.write_cancelled(
  p_queue jobstack.queue, p_id text, p_status text, p_now timestamptz
)
returns boolean
language plpgsql
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_written int;
begin
  execute format(
    'update %1$I.%2$I t set %3$I = %4$L::%5$s%6$s where t.%7$I = $1::%8$s and t.%3$I = %9$L::%5$s',
    p_queue.table_schema, p_queue.table_name, p_queue.status_column, coalesce(p_queue.cancelled, p_queue.failed),
    p_queue.status_type,
    concat(
      ', ' || quote_ident(p_queue.error_column) || ' = ''cancelled''',
      ', ' || quote_ident(p_queue.completed_at_column) || ' = $2'
    ),
    p_queue.id_column, p_queue.id_type, p_status
  ) using p_id, p_now;
  get diagnostics v_written = row_count;
  return v_written > 0;
end;
$function$;
