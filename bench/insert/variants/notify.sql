-- NOTIFY from a statement trigger: Postgres commits such transactions one after the other.
create table public.job_notify (like public.job including all);

create function public.notify_worker()
returns trigger
language plpgsql
as $function$
begin
  perform pg_notify('jobs', '');
  return null;
end;
$function$;

create trigger on_insert after insert on public.job_notify
for each statement execute function public.notify_worker();
