-- Row trigger before a pack is completed: it has the status that its images give it. While one of them is open it goes
-- on processing; when one failed for good it failed as well, and says which and why.
create or replace function packs.hold_pack()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_images int;
  v_open int;
  v_failed int;
  v_first text;
begin
  select
    count(*),
    count(*) filter (where q.status in ('pending', 'processing')),
    count(*) filter (where q.status = 'failed'),
    (array_agg(format('image %s: %s', i.position, coalesce(q.error_message, 'no reason given')) order by i.position)
      filter (where q.status = 'failed'))[1]
  into v_images, v_open, v_failed, v_first
  from packs.pack_image i join packs.job_queue q on q.id = i.image_id
  where i.pack_id = new.id;

  if v_open > 0 then
    new.status := 'processing';
    new.completed_at := null;
  elsif v_failed > 0 then
    new.status := 'failed';
    new.error_message := format('%s of %s images failed; %s', v_failed, v_images, v_first);
  end if;
  return new;
end;
$$;
