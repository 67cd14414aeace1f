-- What asked for a request of pg_net whose response was recorded at p_created: the schedule or queue that noted it last
-- before, since pg_net's numbers begin anew after a crash; null when nobody did, or the queue core is absent.
-- Called by metrics_pg_net_responses().
create or replace function jobstack.metrics_caller_of(
  p_request_id bigint, p_created timestamptz, out source text, out name text
)
language plpgsql
stable
security definer
set search_path = ''
as $function$
begin
  if to_regclass('jobstack.function_call') is null then
    return;
  end if;
  select c.source, c.name into source, name
    from jobstack.function_call c
   where c.request_id = p_request_id and c.called_at <= p_created
   order by c.called_at desc
   limit 1;
end;
$function$;
