-- Row trigger after a pack was cancelled, by cancel_pack() or jobstack.cancel(): its open images are cancelled as well.
create or replace function packs.follow_cancelled_pack()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform jobstack.cancel(
    (select q.name from jobstack.queue q where q.table_schema = tg_table_schema and q.table_name = tg_table_name),
    image.id::text
  )
  from (
    select q.id from packs.pack_image i join packs.job_queue q on q.id = i.image_id
    where i.pack_id = new.id and q.status in ('pending', 'processing')
    order by i.position
  ) image;
  return null;
end;
$$;
