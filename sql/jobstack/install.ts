import type { ClientBase, Pool } from "pg";
import { type InsertTriggerSettings, insertTriggerSql } from "../../infra/sql/insert-trigger.ts";
import { readSqlFolder } from "../../infra/sql/sql-files.ts";
import { executeGrants } from "./grants.ts";

/**
 * Puts schema `jobstack` into an empty database the way a deployment does: migrations, then functions, one statement a
 * file, then the grants to those roles that exist.
 */
export async function installJobstack(database: ClientBase | Pool): Promise<void> {
  for (const { sql } of readSqlFolder("jobstack/migrations")) await database.query(sql);
  for (const { sql } of readSqlFolder("jobstack/functions")) await database.query(sql);
  await database.query("revoke execute on all routines in schema jobstack from public");
  const { rows } = await database.query<{ role: string }>("select rolname as role from pg_catalog.pg_roles");
  const existing = new Set(rows.map(({ role }) => role));
  for (const [name, roles] of Object.entries(executeGrants)) {
    for (const role of roles.filter((each) => existing.has(each))) {
      await database.query(`grant usage on schema jobstack to ${role}`);
      await database.query(`grant execute on function jobstack.${name} to ${role}`);
    }
  }
}

/** Makes the insert trigger of a queue's table, and its function, the way a deployment does. */
export async function installInsertTrigger(
  database: ClientBase | Pool,
  settings: InsertTriggerSettings,
): Promise<void> {
  const sql = insertTriggerSql(settings);
  await database.query(sql.function);
  await database.query(sql.trigger);
}
