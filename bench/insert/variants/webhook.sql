-- A Database Webhook as Supabase makes them: the whole row in the body, and a row in a logged table with two indexes.
create table public.job_webhook (like public.job including all);

create unlogged table public.webhook_request (
  id bigserial, method text not null, url text not null, headers jsonb, body bytea, timeout_milliseconds int not null
);
create table public.hook (
  id bigserial primary key,
  hook_table_id int not null,
  hook_name text not null,
  created_at timestamptz not null default now(),
  request_id bigint
);
create index on public.hook (request_id);
create index on public.hook (hook_table_id, hook_name);

create function public.call_webhook()
returns trigger
language plpgsql
security definer
set search_path = ''
as $function$
declare
  v_id bigint;
begin
  insert into public.webhook_request (method, url, headers, body, timeout_milliseconds)
  values (
    'POST', tg_argv[0], tg_argv[2]::jsonb,
    convert_to(
      jsonb_build_object(
        'old_record', null, 'record', new, 'type', tg_op, 'table', tg_table_name, 'schema', tg_table_schema
      )::text,
      'utf8'
    ),
    tg_argv[4]::int
  )
  returning id into v_id;
  insert into public.hook (hook_table_id, hook_name, request_id) values (tg_relid, tg_name, v_id);
  return new;
end;
$function$;

create trigger on_insert after insert on public.job_webhook
for each row execute function public.call_webhook(
  'http://127.0.0.1:1/functions/v1/worker', 'POST', '{"Content-Type": "application/json"}', '{}', '1000'
);
