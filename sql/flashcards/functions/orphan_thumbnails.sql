-- Up to p_limit noted thumbnails that no card shows and no open job is about to show, longest noted first; forgets those
-- that are shown after all. Called by cron-tick, which removes them and then their notes.
create or replace function flashcards.orphan_thumbnails(p_limit int)
returns setof text
language plpgsql
volatile
set search_path = ''
as $$
begin
  delete from flashcards.orphan_thumbnail t
  where exists (select from flashcards.cards c where c.thumbnail = t.path);
  return query
    select t.path
    from flashcards.orphan_thumbnail t
    where not exists (
      select from flashcards.jobs j
      where j.id = substring(t.path from '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jpg$')::uuid
        and j.status in ('queued', 'processing')
    )
    order by t.noted_at
    limit p_limit;
end;
$$;
