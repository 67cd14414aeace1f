-- Makes the jobs that queue_upload() could not write; returns how many. A file that is gone again needs none.
-- Called by cron-tick.
create or replace function flashcards.queue_missed_uploads()
returns int
language plpgsql
set search_path = ''
set lock_timeout = '5s'
as $$
declare
  v_queued int;
begin
  with missed as (
    delete from flashcards.missed_upload m returning m.object_id
  )
  insert into flashcards.jobs (user_id, object_id, object_name, object_version)
  select flashcards.owner_of(o.name), o.id, o.name, o.version
  from missed m join storage.objects o on o.id = m.object_id;
  get diagnostics v_queued = row_count;
  return v_queued;
end;
$$;
