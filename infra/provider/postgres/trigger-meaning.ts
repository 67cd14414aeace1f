import type { CanonicalTrigger } from "./canonical-trigger.ts";
import type { Sql } from "./database.ts";
import { quoteQualified } from "./identifier.ts";

/**
 * Whether two triggers on one table, alike in all else, have the same function and condition. Postgres is asked, since it
 * writes conditions in its own way; asking plans a query that is not run. Needs a transaction of its own.
 */
export async function haveSameMeaning(
  sql: Sql,
  table: { schema: string; table: string },
  a: CanonicalTrigger,
  b: CanonicalTrigger,
): Promise<boolean> {
  // A user's statement sees the schemas that it would see anywhere else.
  await sql.script("set local search_path to default");
  if (!(await haveSameFunction(sql, a.function, b.function))) return false;
  if (a.condition === b.condition) return true;
  if (a.condition === "" || b.condition === "") return false;
  const rows = `${quoteQualified(table.schema, table.table)} as new, ${quoteQualified(table.schema, table.table)} as old`;
  const first = await plan(sql, a.condition, rows);
  return first !== undefined && first === (await plan(sql, b.condition, rows));
}

async function haveSameFunction(
  sql: Sql,
  a: CanonicalTrigger["function"],
  b: CanonicalTrigger["function"],
): Promise<boolean> {
  const names = [a, b].map(({ schema, name }) =>
    quoteQualified(...(schema === undefined ? [] : [schema]), name),
  );
  const [row] = await sql.query<{ same: boolean | null }>(
    `select pg_catalog.to_regprocedure($1)::oid = pg_catalog.to_regprocedure($2)::oid as same`,
    names.map((name) => `${name}()`),
  );
  return row?.same === true;
}

/** Undefined if the condition cannot be planned; whoever deploys it will be told why. */
async function plan(sql: Sql, condition: string, rows: string): Promise<string | undefined> {
  try {
    return JSON.stringify(await sql.query(`explain (verbose, costs off) select (${condition}) from ${rows}`));
  } catch {
    return undefined;
  }
}
