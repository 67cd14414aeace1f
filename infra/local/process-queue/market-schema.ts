import type pg from "pg";
import { UserError } from "../../user-error.ts";

/** The schema in which the market system is deployed in this database. */
export async function marketSchema(database: pg.Pool): Promise<string> {
  const { rows: core } = await database.query(
    "select from pg_tables where schemaname = 'jobstack' and tablename = 'queue'",
  );
  const { rows } =
    core.length === 0
      ? { rows: [] }
      : await database.query<{ schema: string }>(
          "select table_schema as schema from jobstack.queue where name = 'market'",
        );
  const [queue] = rows;
  if (queue) return queue.schema;
  throw new UserError(
    "the market system is not deployed to this database; add jobstack:market: {} to its stack's settings and deploy",
  );
}
