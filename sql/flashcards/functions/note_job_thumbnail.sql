-- Row trigger after a job ended without cards: notes the thumbnail that one of its attempts may have stored, for
-- orphan_thumbnails().
create or replace function flashcards.note_job_thumbnail()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into flashcards.orphan_thumbnail (path)
  select regexp_replace(coalesce(o.name, new.object_name), '[^/]*$', new.id || '.jpg')
  from (select) job left join storage.objects o on o.id = new.object_id
  on conflict do nothing;
  return null;
end;
$$;
