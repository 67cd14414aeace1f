-- Statement trigger after images, and with them their places in packs, were deleted: no pack waits for what is gone.
create or replace function packs.follow_removed_images()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform packs.settle_packs(array(select distinct o.pack_id from old_rows o));
  return null;
end;
$$;
