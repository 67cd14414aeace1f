import { readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { declareManaged, declareObserved } from "../support/woken-queue.ts";

/** One way to be told of an insert, on a table of its own like public.job. */
export interface Variant {
  name: string;
  table: string;
  create(database: pg.ClientBase): Promise<unknown>;
}

/** Nobody answers there: calls that fail cost the insert as much as others. */
const wakeUrl = "http://127.0.0.1:1/functions/v1/worker";

export const variants: readonly Variant[] = [
  fromFile("no trigger", "none"),
  fromFile("empty statement trigger", "empty"),
  ours("jobstack, observed queue", "job_observed", declareObserved),
  ours("jobstack, managed queue", "job_managed", declareManaged),
  fromFile("row trigger that posts", "row_post"),
  fromFile("Database Webhook", "webhook"),
  fromFile("NOTIFY", "notify"),
];

function fromFile(name: string, file: string): Variant {
  const sql = readFileSync(path.join(import.meta.dirname, "variants", `${file}.sql`), "utf8");
  return { name, table: `job_${file}`, create: (database) => database.query(sql) };
}

function ours(name: string, table: string, declare: typeof declareManaged): Variant {
  return {
    name,
    table,
    async create(database) {
      await database.query(`create table public.${table} (like public.job including all)`);
      await declare(database, { name: table, wakeUrl });
    },
  };
}
