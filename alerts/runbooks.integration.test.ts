import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readSqlFile, readSqlFolder } from "../infra/sql/sql-files.ts";
import { installJobstack } from "../sql/jobstack/install.ts";
import { openPool } from "../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../test/support/test-cluster.ts";
import { runbookCommands } from "./runbooks.ts";

let cluster: TestCluster;
let admin: pg.Pool;

beforeAll(async () => {
  cluster = await createTestCluster();
  admin = openPool(cluster.adminUrl);
  await admin.query("create extension if not exists pg_net");
  await installJobstack(admin);
  // A runbook speaks of job tables that are described to an exporter alone, too.
  await admin.query(readSqlFile("metrics/bare/job_table.sql"));
  for (const { sql } of readSqlFolder("metrics/bare/functions")) await admin.query(sql);
});

afterAll(async () => {
  await admin?.end();
  await cluster?.stop();
});

const statements = runbookCommands().filter(({ text }) => /^(select|delete|update) /.test(text));
const settings = runbookCommands().flatMap(({ runbook, text }) => {
  // pg_net's stand-in has no settings of its own, and pg_cron before 1.5 no time zone.
  const name = /^show ((?!pg_net\.|cron\.timezone)[\w.]+)$/.exec(text)?.[1];
  return name === undefined ? [] : [{ runbook, name }];
});

it.each(statements)("$runbook gives a statement that the server understands: $text", async ({ text }) => {
  await admin.query(`explain ${text}`);
});

it.each(settings)("$runbook names a setting that there is: $name", async ({ name }) => {
  const { rows } = await admin.query("select from pg_settings where name = $1", [name]);
  expect(rows).toHaveLength(1);
});
