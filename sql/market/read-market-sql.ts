import { renameSql } from "../../infra/sql/rename-sql.ts";
import { readSqlFolder, type SqlFile } from "../../infra/sql/sql-files.ts";
import type { EnvironmentNames } from "../../supabase/functions/_shared/environment-names.ts";

/** The files of a folder of the market system, under the names of an environment and in its schema. */
export function readMarketSql(folder: string, names: EnvironmentNames, schema: string): SqlFile[] {
  return readSqlFolder(`market/${folder}`).map(({ name, sql }) => ({
    name,
    sql: inMarket(sql, names, schema),
  }));
}

/** SQL about the market as its files have it, in schema public, under the names of an environment and in its schema. */
export function inMarket(sql: string, names: EnvironmentNames, schema: string): string {
  return renameSql(sql, { schemas: { public: schema }, texts: { market: names.object("market") } });
}
