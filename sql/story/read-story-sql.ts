import { renameSql } from "../../infra/sql/rename-sql.ts";
import { readSqlFolder, type SqlFile } from "../../infra/sql/sql-files.ts";
import type { EnvironmentNames } from "../../supabase/functions/_shared/environment-names.ts";

/** The files of a folder of the story system, under the names of an environment and in its schema. */
export function readStorySql(folder: string, names: EnvironmentNames, schema: string): SqlFile[] {
  const renamed = {
    schemas: { story: schema },
    texts: {
      story: names.object("story"),
      STORY_API_KEY_ENCRYPTION_KEY: names.secret("STORY_API_KEY_ENCRYPTION_KEY"),
    },
  };
  return readSqlFolder(`story/${folder}`).map(({ name, sql }) => ({ name, sql: renameSql(sql, renamed) }));
}
