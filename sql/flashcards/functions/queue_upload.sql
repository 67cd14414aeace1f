-- Row trigger after a file was put into the bucket ingest, or replaced or moved there: makes a job of it. The folder
-- that the file is in says whose it is. Nothing in it may fail or slow the upload: when the job cannot be written, the
-- file is noted and queue_missed_uploads() makes the job later.
-- What it says is a warning that no client sees: with a line of level LOG, Postgres logs the user's statement, with
-- whatever secret stands in it.
create or replace function flashcards.queue_upload()
returns trigger
language plpgsql
security definer
set search_path = ''
set lock_timeout = '250ms'
set client_min_messages = error
as $$
begin
  -- The dashboard keeps an empty folder by an empty file.
  if storage.filename(new.name) in ('', '.emptyFolderPlaceholder') then
    return null;
  end if;
  if tg_op = 'UPDATE' and new.version is not distinct from old.version and new.bucket_id is not distinct from old.bucket_id then
    return null;
  end if;
  insert into flashcards.jobs (user_id, object_id, object_name, object_version)
  values (flashcards.owner_of(new.name), new.id, new.name, new.version);
  return null;
exception
  when others then
    raise warning 'no job for the upload "%": %', new.name, sqlerrm;
    begin
      insert into flashcards.missed_upload (object_id) values (new.id) on conflict do nothing;
    exception
      when others then
        raise warning 'the upload "%" could not be noted either: %', new.name, sqlerrm;
    end;
    return null;
end;
$$;
