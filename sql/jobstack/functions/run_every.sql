-- Runs a command every p_interval until p_for is over, each time in a transaction of its own: schedules below a minute
-- where pg_cron (before 1.5) has none. A run that fails does not stop the others, but the call fails at its end, so
-- that the schedule shows it. Starts no run that would probably end too late, because pg_cron queues the next minute.
-- Called by pg_cron, as the only statement: call jobstack.run_every('10 seconds', 'select ...').
create or replace procedure jobstack.run_every(
  p_interval interval, p_command text, p_for interval default interval '1 minute'
)
language plpgsql
-- No settings here: a procedure that has any cannot commit. And the real clock, because it really sleeps.
as $procedure$
declare
  v_began constant timestamptz := pg_catalog.clock_timestamp();
  v_every constant float8 := extract(epoch from p_interval);
  v_for constant float8 := extract(epoch from p_for);
  v_started float8;
  v_longest float8 := 0;
  v_next float8 := 0;
  v_runs int := 0;
  v_failures int := 0;
  v_error text;
begin
  if v_every is null or v_every <= 0 or v_every > v_for then
    raise exception using
      errcode = 'invalid_parameter_value',
      message = pg_catalog.format(
        'interval "%s": is not usable; write one of more than nothing and at most %s', p_interval, p_for
      );
  end if;
  loop
    v_started := extract(epoch from pg_catalog.clock_timestamp() - v_began);
    begin
      execute p_command;
    exception
      when others then
        v_failures := v_failures + 1;
        v_error := sqlerrm;
    end;
    commit;
    v_runs := v_runs + 1;
    v_longest := greatest(v_longest, extract(epoch from pg_catalog.clock_timestamp() - v_began) - v_started);
    -- The next multiple that lies ahead: a run that took too long skips its successors instead of piling them up.
    v_next := v_every * (1 + floor(extract(epoch from pg_catalog.clock_timestamp() - v_began) / v_every));
    exit when v_next + v_longest >= v_for;
    perform pg_catalog.pg_sleep(v_next - extract(epoch from pg_catalog.clock_timestamp() - v_began));
  end loop;
  if v_failures > 0 then
    raise exception '% of % runs failed; the last: %', v_failures, v_runs, v_error;
  end if;
end;
$procedure$;
