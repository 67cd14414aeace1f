-- Tells raise_floor() that this transaction may add ready jobs to a queue. Called before their rows get numbers, by
-- whatever does not hold the wake-up lock. The lock is shared by all and wanted by nobody else, so this never waits.
create or replace function jobstack.announce_ready(p_queue_id smallint)
returns void
language plpgsql
volatile
set search_path = ''
as $function$
begin
  perform pg_advisory_xact_lock_shared(jobstack.lock_space() + 2, p_queue_id);
end;
$function$;
