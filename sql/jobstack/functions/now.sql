-- The only clock of schema jobstack. A test moves it with the session setting jobstack.fake_now.
-- Not the start of the transaction: a producer's long transaction must not judge by its start who is awake.
-- Volatile, so read it once into a local: in a where clause it would be called for each row and use no index.
-- In sql and without settings, so that it becomes a part of the statement that calls it: a call of its own costs as much
-- as an insert. Hence every name in it says its schema.
-- Called by every function, and by workers to tell how much of a lease is left.
create or replace function jobstack.now()
returns timestamptz
language sql
volatile
as $function$
  select case
    when pg_catalog.current_setting('jobstack.fake_now', true) operator(pg_catalog.<>) ''
    then pg_catalog.current_setting('jobstack.fake_now')::pg_catalog.timestamptz
    else pg_catalog.clock_timestamp()
  end
$function$;
