import type { Sql } from "./database.ts";

const TABLE = "pg_temp.jobstack_concealed";

/**
 * Gives the server a value that its log must not show, and returns the expression that stands for it until the
 * transaction ends. A server that logs statements logs their parameters too, which only a superuser can stop; what COPY
 * reads is never logged. In hexadecimal, so that no error of COPY's can quote it.
 */
export async function concealedValue(sql: Sql, value: string): Promise<string> {
  await sql.script(`create temporary table ${TABLE} (value text not null) on commit drop`);
  await sql.copyIn(`copy ${TABLE} from stdin`, `${Buffer.from(value).toString("hex")}\n`);
  return `(select pg_catalog.convert_from(pg_catalog.decode(value, 'hex'), 'UTF8') from ${TABLE})`;
}
