-- Tells a webhook when more than p_more_than jobs of a queue have been waiting or in work for longer than p_older_than:
-- once when it begins, again every p_remind_every (null: never), and once when it is over, which it is when no check of
-- the last p_calm found too many. Returns what it found: 'firing', 'reminder', 'resolved', or 'nothing'.
-- Called by pg_cron. Takes the alert's row, so that two checks take turns.
create or replace function jobstack.check_stuck_jobs(
  p_name text, p_queue text, p_older_than interval, p_more_than int, p_url text default null,
  p_url_secret text default null, p_sign_secret text default null, p_remind_every interval default '4 hours',
  p_calm interval default '1 minute'
)
returns text
language plpgsql
set search_path = ''
as $function$
declare
  v_now constant timestamptz := jobstack.now();
  v_queue constant jobstack.queue := jobstack.queue_named(p_queue);
  v_alert jobstack.alert;
  v_stuck record;
  v_tell text := 'nothing';
begin
  insert into jobstack.alert as a (name, checked_at, url, url_secret, sign_secret)
  values (p_name, v_now, p_url, p_url_secret, p_sign_secret)
  on conflict (name) do update set
    checked_at = excluded.checked_at, url = excluded.url, url_secret = excluded.url_secret,
    sign_secret = excluded.sign_secret
  returning * into v_alert;

  select * into v_stuck from jobstack.count_stuck(v_queue, v_now - p_older_than);
  if v_stuck.waiting + v_stuck.processing > p_more_than then
    v_alert.above_at := v_now;
    if v_alert.firing_since is null then
      v_tell := 'firing';
      v_alert.firing_since := v_now;
    -- A tenth early, because no schedule comes to the second. Not while an older message still waits to be taken.
    elsif v_alert.told_at + p_remind_every * 0.9 <= v_now
      and not exists (select from jobstack.alert_message m where m.alert = p_name) then
      v_tell := 'reminder';
    end if;
  elsif v_alert.firing_since is not null and v_alert.above_at <= v_now - p_calm then
    v_tell := 'resolved';
  end if;

  if v_tell <> 'nothing' then
    -- Behind a message that is not taken yet waits one at most, which says the opposite of this one: both are left out,
    -- so that a webhook that comes back hears how it is, and not of every time that it came and went.
    delete from jobstack.alert_message m where m.alert = p_name and m.attempts = 0;
    if not found then
      insert into jobstack.alert_message (alert, body, made_at, next_attempt_at)
      values (
        p_name,
        jobstack.stuck_jobs_message(v_alert, p_queue, v_tell, p_older_than, v_stuck.waiting, v_stuck.processing),
        v_now, v_now
      );
      v_alert.told_at := v_now;
    end if;
  end if;
  update jobstack.alert a set
    firing_since = case when v_tell <> 'resolved' then v_alert.firing_since end,
    above_at = v_alert.above_at,
    told_at = v_alert.told_at
  where a.name = p_name;
  perform jobstack.deliver_alerts(v_now);
  return v_tell;
end;
$function$;
