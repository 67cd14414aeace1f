-- Processes the oldest order that can be processed now, in the caller's transaction; returns it as it ended, or no row.
-- Several may run at once: each takes an order that nobody else has, and none of a user who has an older one pending, so
-- that what a user buys first can be sold next. It looks at the oldest 100: when others are at all of these that may be
-- processed, it finds nothing, and no row does not mean an empty queue.
-- Called by the application's server and by operators. Takes the market's lock, shared.
create or replace function public.process_next_queue_order()
returns setof public.queue
language plpgsql
security definer
set search_path = ''
set lock_timeout = '5s'
as $function$
declare
  v_id bigint;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('market', 0));
  select q.id into v_id
  from public.queue q
  where q.status = 'pending' and q.id = any (array(
    select min(o.id)
    from (select p.id, p.user_id from public.queue p where p.status = 'pending' order by p.id limit 100) o
    group by o.user_id
  ))
  order by q.id
  limit 1
  for no key update skip locked;
  if found then
    return query select * from public.settle_orders(array[v_id]);
  end if;
end;
$function$;
