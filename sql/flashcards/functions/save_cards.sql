-- Stores what a job made, for the worker that holds its lease with this token: the file's cards, each an object with
-- front and back, in place of those it had. saved is false, and nothing stored, when the file was replaced or deleted
-- meanwhile; replaced are the thumbnails that no card shows any more. Raises 55000 when the lease is not held.
-- Called by workers. Locks the file's row, shared, so that it is not replaced before this commits.
create or replace function flashcards.save_cards(
  p_job_id uuid, p_token bigint, p_cards jsonb, p_thumbnail text, out saved boolean, out replaced text[]
)
language plpgsql
set search_path = ''
as $$
declare
  v_job flashcards.jobs;
begin
  if not exists (
    select from jobstack.lease l where l.token = p_token and p_job_id::text = any (l.job_ids)
  ) then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format(
        'flashcards job "%s": its lease is not held with token %s; claim it with jobstack.step()', p_job_id, p_token
      );
  end if;
  select * into v_job from flashcards.jobs j where j.id = p_job_id;
  perform from storage.objects o
  where o.id = v_job.object_id and o.version is not distinct from v_job.object_version
  for share;
  saved := found;
  if not saved then
    return;
  end if;
  with gone as (
    delete from flashcards.cards c where c.object_id = v_job.object_id returning c.thumbnail
  )
  select coalesce(array_agg(distinct g.thumbnail), '{}') into replaced
  from gone g
  where g.thumbnail is distinct from p_thumbnail and g.thumbnail is not null;
  insert into flashcards.cards (user_id, object_id, position, front, back, thumbnail)
  select v_job.user_id, v_job.object_id, c.position, c.card ->> 'front', c.card ->> 'back', p_thumbnail
  from jsonb_array_elements(p_cards) with ordinality c (card, position);
end;
$$;
