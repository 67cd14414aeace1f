-- The only clock of schema jobstack. A test moves it with the session setting jobstack.fake_now.
-- Not the start of the transaction: a producer's long transaction must not judge by its start who is awake.
-- Volatile, so read it once into a local: in a where clause it would be called for each row and use no index.
-- In plpgsql, which keeps its plan: a function in sql is parsed anew at every call.
-- Called by every function, and by workers to tell how much of a lease is left.
create or replace function jobstack.now()
returns timestamptz
language plpgsql
volatile
set search_path = ''
as $function$
begin
  return coalesce(nullif(current_setting('jobstack.fake_now', true), '')::timestamptz, clock_timestamp());
end;
$function$;
