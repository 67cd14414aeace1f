-- A row trigger that posts, as people write it: what pg_net does of it inside the transaction is one unlogged insert.
create table public.job_row_post (like public.job including all);

create unlogged table public.request (
  id bigserial, method text not null, url text not null, headers jsonb, body bytea, timeout_milliseconds int not null
);

create function public.post_row()
returns trigger
language plpgsql
as $function$
begin
  insert into public.request (method, url, headers, body, timeout_milliseconds)
  values (
    'POST', 'http://127.0.0.1:1/functions/v1/worker', '{"Content-Type": "application/json"}',
    convert_to(jsonb_build_object('id', new.id)::text, 'utf8'), 5000
  );
  return new;
end;
$function$;

create trigger on_insert after insert on public.job_row_post
for each row execute function public.post_row();
