-- The publication of Supabase's Realtime, empty as in a new project; postgres adds tables to it.
-- Run by the platform as superuser at every start; repeatable.

do $$
begin
  if not exists (select from pg_catalog.pg_publication p where p.pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
end
$$;

alter publication supabase_realtime owner to postgres;
