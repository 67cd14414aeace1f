-- What a webhook is told of an alert; "text" is what chat services show. Called by check_stuck_jobs().
create or replace function jobstack.stuck_jobs_message(
  p_alert jobstack.alert, p_queue text, p_status text, p_older_than interval, p_waiting bigint, p_processing bigint
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $function$
begin
  return jsonb_build_object(
    'alert', p_alert.name,
    'status', p_status,
    'queue', p_queue,
    'waiting', p_waiting,
    'processing', p_processing,
    'older_than_seconds', extract(epoch from p_older_than)::bigint,
    'since', p_alert.firing_since,
    'at', p_alert.checked_at,
    'text', format(
      '%s: %s. Of queue %s, %s jobs have been waiting and %s in work for longer than %s.',
      p_alert.name, p_status, p_queue, p_waiting, p_processing, p_older_than
    )
  );
end;
$function$;
