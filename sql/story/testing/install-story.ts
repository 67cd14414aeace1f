import pg, { type Pool } from "pg";
import {
  type EnvironmentNames,
  environmentNames,
} from "../../../supabase/functions/_shared/environment-names.ts";
import { installInsertTrigger, installJobstack } from "../../jobstack/install.ts";
import { readStorySql } from "../read-story-sql.ts";

export interface StoryInstall {
  /** Value of the Vault secret that users' API keys are encrypted with; null leaves it out. */
  encryptionKey?: string | null;
  /** More of the queue's declaration. */
  queue?: Record<string, unknown>;
  /** How its objects are called. Default: as they stand. */
  names?: EnvironmentNames;
  /** The queue core is there already. */
  guest?: boolean;
}

const declaration = {
  result_column: "result",
  error_column: "error_message",
  attempts_column: "attempts",
  created_at_column: "created_at",
  started_at_column: "started_at",
  completed_at_column: "completed_at",
};

/** Puts the queue core and the story system into an empty test database, as the program deploys them. */
export async function installStory(pool: Pool, options: StoryInstall = {}): Promise<void> {
  const { encryptionKey = "k".repeat(32), queue = {}, names = environmentNames(), guest = false } = options;
  const plainSchema = names.schema("story");
  const schema = pg.escapeIdentifier(plainSchema);
  await pool.query(`create schema ${schema}; grant usage on schema ${schema} to authenticated, service_role`);
  if (!guest) await installJobstack(pool);
  const files = ["migrations", "functions", "triggers"].flatMap((folder) =>
    readStorySql(folder, names, plainSchema),
  );
  for (const { sql } of files) await pool.query(sql);
  await pool.query(`revoke execute on all functions in schema ${schema} from public`);
  await pool.query("select jobstack.declare_queue($1, $2)", [
    names.object("story"),
    { table: `${schema}.jobs`, ...declaration, ...queue },
  ]);
  await installInsertTrigger(pool, {
    queue: names.object("story"),
    table: { schema: plainSchema, name: "jobs" },
    trigger: "on_job_insert",
    function: "trigger_job_worker",
    url: "http://127.0.0.1:1/functions/v1/job-worker",
  });
  if (encryptionKey !== null) {
    await pool.query("select vault.create_secret($1, $2)", [
      encryptionKey,
      names.secret("STORY_API_KEY_ENCRYPTION_KEY"),
    ]);
  }
}
