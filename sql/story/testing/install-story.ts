import type { Pool } from "pg";
import { renderTemplate } from "../../../infra/sql/render-template.ts";
import { readSqlFile, readSqlFolder } from "../../../infra/sql/sql-files.ts";
import { installJobstack } from "../../jobstack/install.ts";

/** The users that tests act as. */
export const alice = "00000000-0000-4000-8000-00000000000a";
export const bob = "00000000-0000-4000-8000-00000000000b";

export interface StoryInstall {
  /** Value of the Vault secret that users' API keys are encrypted with; null leaves it out. */
  encryptionKey?: string | null;
  /** More of the queue's declaration. */
  queue?: Record<string, unknown>;
}

const folders = ["story/migrations", "story/functions", "story/triggers"];

const declaration = {
  table: "story.jobs",
  result_column: "result",
  error_column: "error_message",
  attempts_column: "attempts",
  created_at_column: "created_at",
  started_at_column: "started_at",
  completed_at_column: "completed_at",
};

const insertTrigger = {
  schema: "story",
  function: "trigger_job_worker",
  trigger: "on_job_insert",
  table_schema: "story",
  table: "jobs",
  queue: "'story'",
  url: "'http://127.0.0.1:1/functions/v1/job-worker'",
  id_column: "id",
  status_column: "status",
  pending: "'pending'",
  priority: "0",
};

/** Puts the queue core and the story system into an empty test database, as the program deploys them. */
export async function installStory(pool: Pool, options: StoryInstall = {}): Promise<void> {
  const { encryptionKey = "k".repeat(32), queue = {} } = options;
  await pool.query("create schema story; grant usage on schema story to authenticated, service_role");
  await installJobstack(pool);
  for (const { sql } of folders.flatMap(readSqlFolder)) await pool.query(sql);
  await pool.query("revoke execute on all functions in schema story from public");
  await pool.query("select jobstack.declare_queue('story', $1)", [{ ...declaration, ...queue }]);
  for (const template of ["on_insert.sql", "on_insert_trigger.sql"]) {
    await pool.query(renderTemplate(readSqlFile(`jobstack/templates/${template}`), insertTrigger));
  }
  if (encryptionKey !== null) {
    await pool.query("select vault.create_secret($1, 'STORY_API_KEY_ENCRYPTION_KEY')", [encryptionKey]);
  }
}
