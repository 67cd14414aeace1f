import pg from "pg";

/** A table that hostile texts try to drop, and an eye on everything else in its database. */
export interface Canary {
  isAlive(): Promise<boolean>;
  /** Objects that were not there when the canary was set, or are there no longer. */
  changes(): Promise<string[]>;
  remove(): Promise<void>;
}

export async function setCanary(databaseUrl: string): Promise<Canary> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("create table canary ()");
  const objects = async () => {
    const { rows } = await client.query<{ object: string }>(OBJECTS);
    return rows.map(({ object }) => object);
  };
  const before = await objects();
  return {
    isAlive: async () =>
      (await client.query("select to_regclass('canary') as table")).rows[0]?.table !== null,
    changes: async () => {
      const now = await objects();
      const apart = [
        ...now.filter((each) => !before.includes(each)),
        ...before.filter((each) => !now.includes(each)),
      ];
      return [...new Set(apart)];
    },
    async remove() {
      await client.query("drop table canary");
      await client.end();
    },
  };
}

// Roles are left out: they belong to the whole cluster, where other tests make them meanwhile.
const OBJECTS = `
  select 'relation ' || c.oid::regclass as object from pg_catalog.pg_class as c
   where c.relpersistence <> 't' and c.relnamespace <> 'pg_toast'::regnamespace
  union all
  select 'routine ' || p.oid::regprocedure from pg_catalog.pg_proc as p
  union all
  select 'schema ' || n.nspname from pg_catalog.pg_namespace as n where n.nspname !~ '^pg_(toast_)?temp_'
  union all
  select 'trigger ' || t.tgname from pg_catalog.pg_trigger as t where not t.tgisinternal
`;
