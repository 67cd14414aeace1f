-- How long a job waits after its p_attempt-th failed attempt: the base doubled each time, up to the cap, and of that a
-- random share between half and all, so that jobs that failed together do not return together.
-- Called by close_jobs() and retry_alert().
create or replace function jobstack.backoff(p_attempt int, p_base_seconds int, p_cap_seconds int)
returns interval
language plpgsql
volatile
set search_path = ''
as $function$
begin
  -- The exponent is bounded because 2^1000 seconds overflows; 2^30 is beyond any cap.
  return make_interval(
    secs => least(p_cap_seconds, p_base_seconds * 2 ^ least(p_attempt - 1, 30)) * (0.5 + random() / 2)
  );
end;
$function$;
