import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestDatabase, type TestDatabase } from "../test/support/test-database.ts";
import { exporterUrlOf } from "./testing/job-tables.ts";
import { runPsql } from "./testing/run-psql.ts";

let database: TestDatabase;
let folder: string;
let config: string;

beforeAll(async () => {
  database = await createTestDatabase();
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-grants-"));
  config = path.join(folder, "exporter.yaml");
  writeFileSync(
    config,
    `targets:
  - name: shop
    databaseUrlEnv: SHOP_URL
    jobTables:
      - {name: mail, table: mail_jobs, statuses: {ready: [pending, retry], processing: running}}
`,
  );
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database?.drop();
});

function exporter(args: string[], env: Record<string, string> = {}) {
  const environment = { PATH: process.env.PATH ?? "", ...env };
  return execa("node", ["--import", "tsx", "cli/jobstack.ts", "exporter", ...args], {
    env: environment,
    extendEnv: false,
    reject: false,
  });
}

it("leads from a table without an index to one that is watched, as the script and the check say", async () => {
  await database.pool.query("create table public.mail_jobs (status text, created_at timestamptz)");
  const check = () => exporter(["check", "--config", config], { SHOP_URL: exporterUrlOf(database) });

  const unprepared = await check();
  expect(unprepared.exitCode).toBe(1);
  expect(unprepared.stdout).toContain("failed   job_table_mail   missing_function: ");

  const { stdout: script } = await exporter(["grants", "--config", config]);
  const [command = ""] =
    /create index concurrently .*;$/.exec(await runPsql(database.adminUrl, script)) ?? [];
  expect(command).toBe(
    "create index concurrently on public.mail_jobs (status, created_at) where status in ('pending', 'retry', 'running');",
  );
  const indexless = await check();
  expect(indexless.exitCode).toBe(1);
  expect(indexless.stdout).toContain(command);

  await database.pool.query(command);
  expect(await runPsql(database.adminUrl, script)).toBe("mail|ready");
  const ready = await check();
  expect(ready.stdout).toMatch(/\n {2}ok +job_table_mail +\d+ samples/);
  expect(ready.exitCode).toBe(0);
});

it("says which targets there are when it is given another, without a stack trace", async () => {
  const { exitCode, stdout, stderr } = await exporter(["grants", "--config", config, "--target", "shoe"]);
  expect(exitCode).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toBe('--target "shoe": not in the file; write one of: shop');
});
