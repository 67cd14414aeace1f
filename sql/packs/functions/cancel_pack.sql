-- Cancels a pack and with it its images that are open: it is failed, with the error "cancelled", and so are they. What is
-- being made is told so at its worker's next heartbeat, and counts for nothing. Images that are made stay. False: no pack
-- of that id is open.
-- Called by the application. May wait for a worker that reports one of these jobs: for its lease first, as it does itself.
create or replace function packs.cancel_pack(p_pack_id uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_queue text;
begin
  select q.name into v_queue from jobstack.queue q
  join pg_catalog.pg_class c on c.relname = q.table_name
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = q.table_schema
  where c.oid = 'packs.job_queue'::regclass;
  if not exists (
    select from packs.job_queue q where q.id = p_pack_id and q.job_type = 'generate-complete-pack'
  ) then
    return false;
  end if;
  perform from jobstack.lease l
  where l.job_ids && array(
    select p_pack_id::text union all select i.image_id::text from packs.pack_image i where i.pack_id = p_pack_id
  )
  order by l.token
  for update;
  if jobstack.cancel(v_queue, p_pack_id::text) then
    return true;
  end if;
  -- Its own work is done, it waits for its images.
  update packs.job_queue q set status = 'failed', error_message = 'cancelled', completed_at = jobstack.now()
  where q.id = p_pack_id and q.status = 'processing'
    and exists (select from packs.pack_image i where i.pack_id = p_pack_id);
  return found;
end;
$$;
