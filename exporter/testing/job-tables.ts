import type { z } from "zod";
import type { TestDatabase } from "../../test/support/test-database.ts";
import { renderGrants } from "../grants.ts";
import { type JobTable, jobTable } from "../job-table.ts";
import { runPsql } from "./run-psql.ts";
import { startExporter } from "./start-exporter.ts";

const statuses = {
  ready: ["pending", "again"],
  scheduled: "later",
  processing: "running",
  completed: ["done", "skipped"],
  failed: "dead",
};
const columns = { started: "started_at", completed: "ended_at", attempts: "tries" };

interface TableOptions {
  /** What is described differently. */
  parts?: Partial<z.input<typeof jobTable>>;
  /** False for a table without an index. */
  indexes?: boolean;
}

/** Makes an empty table for jobs and describes it, both by this name. */
export async function makeJobTable(
  { pool }: TestDatabase,
  name: string,
  { parts = {}, indexes = true }: TableOptions = {},
): Promise<JobTable> {
  await pool.query(`
    create table public.${name} (
      id bigint generated always as identity, status text not null default 'pending',
      created_at timestamptz not null default now(), started_at timestamptz, ended_at timestamptz, tries int
    )`);
  if (indexes)
    await pool.query(
      `create index on public.${name} (status, created_at); create index on public.${name} (ended_at)`,
    );
  return jobTable.parse({ name, table: name, statuses, columns, ...parts });
}

/** A name that no other test takes. */
export function someName(): string {
  return `jobs_${Math.random().toString(36).slice(2)}`;
}

/** Runs the script that lets the exporter see these tables, and returns what it says of each. */
export async function grantTables(
  { adminUrl }: TestDatabase,
  ...jobTables: JobTable[]
): Promise<Record<string, string>> {
  const shown = await runPsql(adminUrl, renderGrants({ jobTables }));
  const lines = shown.split("\n").map((line) => line.split("|") as [string, ...string[]]);
  return Object.fromEntries(lines.map(([name, ...state]) => [name, state.join("|")]));
}

/** Where the exporter finds a database of the tests' common server. */
export function exporterUrlOf({ url }: TestDatabase): string {
  const found = new URL(url);
  found.username = "jobstack_exporter";
  found.password = "exporter";
  return found.href;
}

/** What a new exporter shows. */
export async function scrapeTables(
  database: TestDatabase,
  ...jobTables: JobTable[]
): Promise<Map<string, number>> {
  const exporter = startExporter(exporterUrlOf(database), jobTables);
  const shown = await exporter.scrape();
  await exporter.stop();
  return shown;
}

/** The series of a queue, without its label. */
export function seriesOf(name: string, shown: Map<string, number>): Record<string, number> {
  return Object.fromEntries(
    [...shown].flatMap(([series, value]) =>
      series.startsWith("jobs_") && series.includes(`queue="${name}"`)
        ? [[series.replace(/queue="\w+",?/, "").replace("{}", ""), value] as const]
        : [],
    ),
  );
}

/** How often the collector of a table failed, by reason. */
export function failuresOf(name: string, shown: Map<string, number>): Record<string, number> {
  const errors = `jobstack_exporter_collector_errors_total{collector="job_table_${name}",reason="`;
  return Object.fromEntries(
    [...shown].flatMap(([series, value]) =>
      series.startsWith(errors) && value > 0
        ? [[series.slice(errors.length, -'"}'.length), value] as const]
        : [],
    ),
  );
}
