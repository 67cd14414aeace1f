import { renameSql } from "../../infra/sql/rename-sql.ts";
import { readSqlFolder, type SqlFile } from "../../infra/sql/sql-files.ts";

/** The files of a folder of the packs system, in its schema. */
export function readPacksSql(folder: string, schema: string): SqlFile[] {
  const renamed = { schemas: { packs: schema }, texts: {} };
  return readSqlFolder(`packs/${folder}`).map(({ name, sql }) => ({ name, sql: renameSql(sql, renamed) }));
}
