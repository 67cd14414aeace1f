import pg, { type Pool } from "pg";
import {
  type EnvironmentNames,
  environmentNames,
} from "../../../supabase/functions/_shared/environment-names.ts";
import { installInsertTrigger, installJobstack } from "../../jobstack/install.ts";
import { readFlashcardsSql, uploadTrigger } from "../read-flashcards-sql.ts";

export interface FlashcardsInstall {
  /** How its objects are called. Default: as they stand. */
  names?: EnvironmentNames;
  /** The queue core is there already. */
  guest?: boolean;
}

const declaration = {
  statuses: { pending: "queued", processing: "processing", completed: "done", failed: "failed" },
  result_column: "result",
  error_column: "error_message",
  attempts_column: "attempts",
  created_at_column: "created_at",
  started_at_column: "started_at",
  completed_at_column: "completed_at",
};

/** Puts the queue core and the flashcards system into an empty test database, as the program deploys them. */
export async function installFlashcards(pool: Pool, options: FlashcardsInstall = {}): Promise<void> {
  const { names = environmentNames(), guest = false } = options;
  const plain = names.schema("flashcards");
  const schema = pg.escapeIdentifier(plain);
  await pool.query(`create schema ${schema}; grant usage on schema ${schema} to authenticated, service_role`);
  if (!guest) await installJobstack(pool);
  for (const bucket of ["ingest", "thumbnails"].map(names.object))
    await pool.query("insert into storage.buckets (id, name) values ($1, $1)", [bucket]);
  const files = ["migrations", "functions", "triggers"].flatMap((folder) =>
    readFlashcardsSql(folder, names, plain),
  );
  for (const { sql } of [...files, uploadTrigger(names, plain)]) await pool.query(sql);
  await pool.query(`revoke execute on all functions in schema ${schema} from public`);
  await pool.query("select jobstack.declare_queue($1, $2)", [
    names.object("flashcards"),
    { table: `${plain}.jobs`, ...declaration },
  ]);
  await installInsertTrigger(pool, {
    queue: names.object("flashcards"),
    table: { schema: plain, name: "jobs" },
    trigger: "on_job_insert",
    function: "trigger_worker_pull",
    url: "http://127.0.0.1:1/functions/v1/worker-pull",
    pending: "queued",
  });
}
