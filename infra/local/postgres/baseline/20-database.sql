-- Makes the database the property of `postgres`, and opens schema public to the API's roles as Supabase does: whatever
-- postgres or supabase_admin creates there is granted to them (row level security is what keeps rows apart).
-- Run by the platform as superuser at every start; repeatable.

do $$
begin
  execute pg_catalog.format('alter database %I owner to postgres', pg_catalog.current_database());
end
$$;

grant usage on schema public to postgres, anon, authenticated, service_role;

do $$
declare
  v_owner text;
  v_kind text;
begin
  foreach v_owner in array array['postgres', 'supabase_admin'] loop
    foreach v_kind in array array['tables', 'functions', 'sequences'] loop
      execute pg_catalog.format(
        'alter default privileges for role %I in schema public '
        'grant all on %s to postgres, anon, authenticated, service_role',
        v_owner, v_kind
      );
    end loop;
  end loop;
end
$$;
