import type pg from "pg";
import { UserError } from "../../user-error.ts";

/** The schema in which the market system is deployed in this database. */
export async function marketSchema(database: pg.Pool): Promise<string> {
  const schema = (await hasQueues(database)) ? await findSchema(database) : undefined;
  if (schema !== undefined) return schema;
  throw new UserError(
    "the market system is not deployed to this database; add jobstack:market: {} to its stack's settings and deploy",
  );
}

async function hasQueues(database: pg.Pool): Promise<boolean> {
  const { rows } = await database.query(
    "select from pg_tables where schemaname = 'jobstack' and tablename = 'queue'",
  );
  return rows.length > 0;
}

async function findSchema(database: pg.Pool): Promise<string | undefined> {
  const { rows } = await database.query<{ schema: string }>(
    "select table_schema as schema from jobstack.queue where name = 'market'",
  );
  return rows[0]?.schema;
}
