-- Alerts that the database raises itself. An alert's settings stand in its schedule's command; here is what it must
-- remember between two checks, and the messages that its webhook has not taken yet.
create table jobstack.alert (
  name text primary key,
  checked_at timestamptz not null,
  firing_since timestamptz,
  above_at timestamptz,
  told_at timestamptz,
  url text,
  url_secret text,
  sign_secret text
);
comment on column jobstack.alert.firing_since is 'null while all is well';
comment on column jobstack.alert.above_at is 'when a check last found too many';
comment on column jobstack.alert.told_at is 'when the last message was made';
comment on column jobstack.alert.url is 'the webhook as of the last check; else url_secret names it in Vault';

-- Deleted when delivered. Of one alert's messages only the oldest is on its way, so that they arrive in order.
create table jobstack.alert_message (
  id bigint generated always as identity primary key,
  alert text not null references jobstack.alert (name) on delete cascade,
  body jsonb not null,
  made_at timestamptz not null,
  attempts int not null default 0,
  next_attempt_at timestamptz not null,
  request_id bigint,
  sent_at timestamptz,
  last_error text
);
comment on column jobstack.alert_message.request_id is 'pg_net''s, while an attempt is under way';
create index alert_message_order on jobstack.alert_message (alert, id);
