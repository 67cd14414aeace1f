-- Row trigger after an update that ended a job of story.jobs: deletes its API key, which nothing needs any more.
create or replace function story.erase_api_key()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from story.job_api_key where job_id = new.id;
  return null;
end;
$$;
