-- First key of every advisory lock that Jobstack takes; the second is a queue's id (wake-up handshake), its negative
-- (adoption and recounts), or 0 (tick). The number after it is for the claims of queues with limits, by the queue's id,
-- and the next for whoever adds ready jobs without the first, by the queue's id.
-- A number of our own, so that an application's locks do not collide with these.
create or replace function jobstack.lock_space()
returns int
language plpgsql
immutable
parallel safe
set search_path = ''
as $function$
begin
  return 1246708307;
end;
$function$;
