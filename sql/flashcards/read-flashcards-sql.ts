import pg from "pg";
import { renameSql, type SqlNames } from "../../infra/sql/rename-sql.ts";
import { renderTemplate } from "../../infra/sql/render-template.ts";
import { readSqlFile, readSqlFolder, type SqlFile } from "../../infra/sql/sql-files.ts";
import type { EnvironmentNames } from "../../supabase/functions/_shared/environment-names.ts";

/** The files of a folder of the flashcards system, under the names of an environment and in its schema. */
export function readFlashcardsSql(folder: string, names: EnvironmentNames, schema: string): SqlFile[] {
  return readSqlFolder(`flashcards/${folder}`).map(({ name, sql }) => ({
    name,
    sql: renameSql(sql, sqlNames(names, schema)),
  }));
}

/** The trigger that makes jobs of uploads. It stands on a table of Supabase, so its name is the environment's own. */
export function uploadTrigger(names: EnvironmentNames, schema: string): SqlFile {
  const name = names.schema("queue_flashcards_upload");
  const template = renderTemplate(readSqlFile("flashcards/templates/queue_upload_trigger.sql"), {
    trigger: pg.escapeIdentifier(name),
  });
  return { name, sql: renameSql(template, sqlNames(names, schema)) };
}

function sqlNames(names: EnvironmentNames, schema: string): SqlNames {
  const texts = ["ingest", "thumbnails"].map((bucket) => [bucket, names.object(bucket)]);
  const policies = ["flashcards_own_uploads", "flashcards_own_thumbnails"].map((policy) => [
    policy,
    names.schema(policy),
  ]);
  return { schemas: { flashcards: schema }, texts: Object.fromEntries([...texts, ...policies]) };
}
