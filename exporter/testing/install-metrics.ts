import pg from "pg";
import { readSqlFolder } from "../../infra/sql/sql-files.ts";
import { isMetricsFunction } from "../../sql/metrics/grants.ts";

const password = "exporter";

/** The names of the functions in sql/metrics/functions that the exporter calls. */
export const metricsFunctions = readSqlFolder("metrics/functions")
  .map(({ name }) => name)
  .filter(isMetricsFunction);

/**
 * Installs sql/metrics as role postgres into the database of `url`, and the role jobstack_exporter that may execute just
 * that, as a deployment does. Returns the exporter's connection string.
 */
export async function installMetrics(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const { sql } of readSqlFolder("metrics/migrations")) await client.query(sql);
    for (const { sql } of readSqlFolder("metrics/functions")) await client.query(sql);
    await client.query(`
      do $$ begin
        create role jobstack_exporter login password '${password}';
      exception when duplicate_object or unique_violation then null;
      end $$;
      grant usage on schema jobstack to jobstack_exporter`);
    for (const name of metricsFunctions) {
      await client.query(`
        revoke execute on function jobstack.${name} from public;
        grant execute on function jobstack.${name} to jobstack_exporter`);
    }
  } finally {
    await client.end();
  }
  const exporterUrl = new URL(url);
  exporterUrl.username = "jobstack_exporter";
  exporterUrl.password = password;
  return exporterUrl.href;
}
