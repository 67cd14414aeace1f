-- Writes how far a job is into its row's progress column, for the worker that holds it; its lease is not extended. False:
-- the worker has lost the job, nothing was written. Called by workers. Holds off the job's end, and waits for it, by the
-- lease's row.
create or replace function jobstack.progress(
  p_queue text, p_worker uuid, p_token bigint, p_id text, p_progress jsonb
)
returns boolean
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $function$
declare
  v_queue constant jobstack.queue := jobstack.managed_queue(p_queue);
  v_written int;
begin
  if v_queue.progress_column is null then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format('queue "%s": has no progress column; declare it with progress_column', p_queue);
  end if;
  perform from jobstack.lease l
  where l.token = p_token and (l.queue_id = v_queue.id) is true and l.worker = p_worker and p_id = any (l.job_ids)
  for key share;
  if not found then
    return false;
  end if;
  execute format(
    'update %1$I.%2$I t set %3$I = %4$s where t.%5$I = $2::%6$s and t.%7$I = %8$L::%9$s',
    v_queue.table_schema, v_queue.table_name, v_queue.progress_column,
    case when v_queue.progress_type like 'json%' then '$1::' else '($1 #>> ''{}'')::' end || v_queue.progress_type,
    v_queue.id_column, v_queue.id_type, v_queue.status_column, v_queue.processing, v_queue.status_type
  ) using p_progress, p_id;
  get diagnostics v_written = row_count;
  return v_written > 0;
end;
$function$;
