-- Statement trigger after cards were deleted, with their file or for newer ones: notes their thumbnails for
-- orphan_thumbnails(). It may not fail whoever deletes a file; then a thumbnail stays, and the server's log says so.
create or replace function flashcards.note_cards_thumbnails()
returns trigger
language plpgsql
security definer
set search_path = ''
set lock_timeout = '250ms'
set client_min_messages = error
as $$
begin
  insert into flashcards.orphan_thumbnail (path)
  select distinct o.thumbnail from old_rows o where o.thumbnail is not null
  on conflict do nothing;
  return null;
exception
  when others then
    raise warning 'thumbnails of deleted cards could not be noted: %', sqlerrm;
    return null;
end;
$$;
