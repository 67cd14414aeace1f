-- Sends the messages of alerts that are due, and tries again those that were not taken, until they are: the oldest of
-- each alert. Returns how many it sent. What goes wrong stands in alert_message.last_error and raises nothing.
-- Called by tick() and check_stuck_jobs(). Takes the rows of the messages, and passes by those that are taken.
create or replace function jobstack.deliver_alerts(p_now timestamptz)
returns int
language plpgsql
set search_path = ''
as $function$
declare
  v_message jobstack.alert_message;
  v_sent int := 0;
begin
  for v_message in
    select * from jobstack.alert_message m
    where m.next_attempt_at <= p_now
      and not exists (select from jobstack.alert_message o where o.alert = m.alert and o.id < m.id)
    order by m.id
    for update skip locked
  loop
    if v_message.request_id is null then
      v_sent := v_sent + jobstack.send_alert(v_message, p_now)::int;
    else
      perform jobstack.settle_alert(v_message, p_now);
    end if;
  end loop;
  return v_sent;
end;
$function$;
