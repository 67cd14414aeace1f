-- Row trigger before update of story.jobs: keeps updated_at true, whoever changes the row.
create or replace function story.touch_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end;
$$;
