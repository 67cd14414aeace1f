import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { ClientBase } from "pg";

export interface BaselineOptions {
  /** Database to furnish. Default postgres. */
  database?: string;
  /** Two users with fixed ids to try things with. Default false. */
  demoUsers?: boolean;
}

const folder = path.join(import.meta.dirname, "baseline");

/** Runs the numbered files of baseline/ in one transaction, as superuser. Repeatable. */
export async function applyBaseline(client: ClientBase, options: BaselineOptions = {}): Promise<void> {
  const files = readdirSync(folder)
    .filter((name) => /^\d.*\.sql$/.test(name))
    .sort();
  if (options.demoUsers) files.push("demo-users.sql");
  await client.query("begin");
  try {
    for (const name of files) await client.query(readFileSync(path.join(folder, name), "utf8"));
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback");
    throw new Error(`postgres: the baseline failed: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}
