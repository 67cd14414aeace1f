-- Which images a pack was fanned out into: all of them at once, by fan_out().
create table packs.pack_image (
  pack_id uuid not null references packs.job_queue (id) on delete cascade,
  position int not null,
  image_id uuid not null unique references packs.job_queue (id) on delete cascade,
  primary key (pack_id, position)
);
alter table packs.pack_image enable row level security;
create policy pack_image_select_own on packs.pack_image for select to authenticated
  using (exists (select from packs.job_queue q where q.id = pack_id));
revoke all on packs.pack_image from anon, authenticated, service_role;
grant select on packs.pack_image to authenticated, service_role;

-- Where a user's projects stand, each by its newest pack. The projects themselves are the application's.
create view packs.project_status with (security_invoker = true) as
select distinct on (q.user_id, q.payload ->> 'projectId')
  q.payload ->> 'projectId' as project_id,
  q.user_id,
  q.id as pack_id,
  upper(q.status::text) as status,
  (select count(*) from packs.pack_image i where i.pack_id = q.id) as images,
  (
    select count(*) from packs.pack_image i join packs.job_queue image on image.id = i.image_id
    where i.pack_id = q.id and image.status = 'completed'
  ) as images_completed,
  q.error_message,
  q.created_at,
  q.completed_at
from packs.job_queue q
where q.job_type = 'generate-complete-pack'
order by q.user_id, q.payload ->> 'projectId', q.created_at desc;
revoke all on packs.project_status from anon, authenticated, service_role;
grant select on packs.project_status to authenticated, service_role;
