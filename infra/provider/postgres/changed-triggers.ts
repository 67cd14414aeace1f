import type { Sql } from "./database.ts";
import { joinNames } from "./qualified-name.ts";

/** "schema.table.name" of the triggers that the current transaction wrote: Postgres stamps each row with it. */
export async function triggersChangedNow(sql: Sql): Promise<string[]> {
  const rows = await sql.query<Record<"schema" | "table" | "name", string>>(CHANGED_NOW);
  return rows.map(({ schema, table, name }) => joinNames([schema, table, name]));
}

// The copies on partitions belong to the one on the table.
const CHANGED_NOW = `
  select n.nspname::text as schema, c.relname::text as table, t.tgname::text as name
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   where t.xmin = pg_catalog.pg_current_xact_id()::pg_catalog.xid and t.tgparentid = 0
   order by 1, 2, 3
`;
