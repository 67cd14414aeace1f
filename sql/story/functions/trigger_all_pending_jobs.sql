-- Wakes the worker for whatever is pending; returns the number of pending jobs, 0 with a notice when there are none.
-- The operators' manual recovery, and safe for an application to offer as a button: a needless wake-up finds no work.
create or replace function story.trigger_all_pending_jobs()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_pending int := jobstack.wake_all_pending('story');
begin
  if v_pending = 0 then
    raise notice 'No pending jobs to process';
  else
    raise notice 'Triggered job worker for % pending jobs', v_pending;
  end if;
  return v_pending;
end;
$$;
