import type { Pool } from "pg";
import { installInsertTrigger, installJobstack } from "../../jobstack/install.ts";
import { readPacksSql } from "../read-packs-sql.ts";

export interface PacksInstall {
  /** Default: packs. */
  schema?: string;
  /** More of the queue's declaration. */
  queue?: Record<string, unknown>;
  /** The job table is there already, made by hand. */
  existingTable?: boolean;
}

/** How the system declares its table to the queue core. */
export const declaration = {
  error_column: "error_message",
  retries_column: "retry_count",
  max_retries_column: "max_retries",
  created_at_column: "created_at",
  started_at_column: "processed_at",
  completed_at_column: "completed_at",
};

/** Puts the queue core and the packs system into a test database, as the program deploys them. */
export async function installPacks(pool: Pool, options: PacksInstall = {}): Promise<void> {
  const { schema = "packs", queue = {}, existingTable = false } = options;
  await pool.query(`create schema if not exists ${schema}`);
  await pool.query(`grant usage on schema ${schema} to authenticated, service_role`);
  await installJobstack(pool);
  const migrations = readPacksSql("migrations", schema).slice(existingTable ? 1 : 0);
  const others = ["functions", "triggers"].flatMap((folder) => readPacksSql(folder, schema));
  for (const { sql } of [...migrations, ...others]) await pool.query(sql);
  const table = `${schema}.job_queue`;
  await pool.query("select jobstack.declare_queue('packs', $1)", [{ table, ...declaration, ...queue }]);
  await installInsertTrigger(pool, {
    queue: "packs",
    table: { schema, name: "job_queue" },
    trigger: "on_job_queue_insert",
    function: "trigger_process_jobs",
    url: "http://127.0.0.1:1/functions/v1/process-jobs",
  });
}
