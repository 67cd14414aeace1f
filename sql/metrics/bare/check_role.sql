-- Refuses where the script would do harm, or where its functions would see only part of what they count.
do $check$
begin
  if to_regclass('jobstack.queue') is not null then
    raise exception using message = 'Jobstack is deployed to this database: its deployment has made all this already; '
      'describe the job table as an observed queue there';
  end if;
  if not exists (
    select from pg_catalog.pg_roles r where r.rolname = current_user and (r.rolsuper or r.rolbypassrls)
  ) then
    raise exception using message = format(
      'role %I is subject to row-level security, which hides the jobs of others from it; run this as a superuser, or as '
      'a role with BYPASSRLS, such as postgres at Supabase',
      current_user
    );
  end if;
end;
$check$;
