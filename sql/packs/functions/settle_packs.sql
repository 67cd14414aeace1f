-- Ends those of p_packs that wait for nothing but images of which none is open any more; hold_pack() says how. A pack
-- whose worker has not reported yet is ended by its report.
-- Called by follow_images() and follow_removed_images(). Locks the packs, in the order of their ids.
create or replace function packs.settle_packs(p_packs uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  -- Of two last images that end at the same time, the second sees here that the first has ended. A worker that ends
  -- packs and images at once can still meet another in a deadlock; then one of them reports again, a second later.
  perform from packs.job_queue q where q.id = any (p_packs) order by q.id for no key update;
  update packs.job_queue q set status = 'completed', completed_at = jobstack.now()
  where q.id = any (p_packs) and q.status = 'processing'
    and not exists (
      select from packs.pack_image i join packs.job_queue image on image.id = i.image_id
      where i.pack_id = q.id and image.status in ('pending', 'processing')
    )
    and not exists (select from jobstack.lease l where q.id::text = any (l.job_ids));
end;
$$;
