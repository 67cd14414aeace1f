-- Statement trigger after updates of the job table: packs follow their images. The last image to end ends its pack; one
-- that is opened again, by an operator, opens its pack again.
create or replace function packs.follow_images()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_ended uuid[];
  v_opened uuid[];
begin
  select
    array_agg(distinct i.pack_id) filter (where c.ended),
    array_agg(distinct i.pack_id) filter (where not c.ended)
  into v_ended, v_opened
  from (
    select n.id, n.status in ('completed', 'failed') as ended
    from new_rows n join old_rows o on o.id = n.id
    where (n.status in ('completed', 'failed')) <> (o.status in ('completed', 'failed'))
  ) c
  join packs.pack_image i on i.image_id = c.id;

  if v_opened is not null then
    update packs.job_queue q set status = 'processing', completed_at = null, error_message = null
    where q.id = any (v_opened) and q.status in ('completed', 'failed');
  end if;
  if v_ended is not null then
    perform packs.settle_packs(v_ended);
  end if;
  return null;
end;
$$;
