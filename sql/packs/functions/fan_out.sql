-- Makes the images of a pack, for the worker that holds its lease with this token, unless they were made before; returns
-- how many there are. All or none, so it may be called again after a crash at any point. Each image is a job with the
-- pack's user and max_retries. Raises 55000 when the lease is not held. Called by workers.
create or replace function packs.fan_out(p_pack_id uuid, p_token bigint)
returns int
language plpgsql
set search_path = ''
as $$
declare
  v_pack packs.job_queue;
begin
  -- Two workers that hold each other for dead do this one after the other.
  select * into v_pack from packs.job_queue q where q.id = p_pack_id for no key update;
  if not exists (
    select from jobstack.lease l where l.token = p_token and p_pack_id::text = any (l.job_ids)
  ) then
    raise exception using
      errcode = 'object_not_in_prerequisite_state',
      message = format(
        'pack "%s": its lease is not held with token %s; claim it with jobstack.step()', p_pack_id, p_token
      );
  end if;

  if not exists (select from packs.pack_image i where i.pack_id = p_pack_id) then
    with image as materialized (
      select gen_random_uuid() as id, e.payload, e.position::int as position
      from jsonb_array_elements(v_pack.payload -> 'images') with ordinality e(payload, position)
    ), made as (
      insert into packs.job_queue (id, job_type, payload, status, retry_count, max_retries, user_id)
      select
        i.id, 'generate-image',
        i.payload || jsonb_build_object(
          'projectId', v_pack.payload -> 'projectId', 'packId', p_pack_id, 'position', i.position
        ),
        'pending', 0, v_pack.max_retries, v_pack.user_id
      from image i
      order by i.position
    )
    insert into packs.pack_image (pack_id, position, image_id)
    select p_pack_id, i.position, i.id from image i;
  end if;
  return (select count(*) from packs.pack_image i where i.pack_id = p_pack_id);
end;
$$;
