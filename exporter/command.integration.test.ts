import { readFileSync } from "node:fs";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { freePort } from "../test/support/free-port.ts";
import { createTestDatabase, type TestDatabase } from "../test/support/test-database.ts";
import { installMetrics } from "./testing/install-metrics.ts";

/** Nothing listens on port 1. */
const nowhere = "postgresql://jobstack_exporter:hunter2@127.0.0.1:1/postgres";

let database: TestDatabase;
let databaseUrl: string;
let running: ReturnType<typeof jobstack> | null = null;

beforeAll(async () => {
  database = await createTestDatabase();
  databaseUrl = await installMetrics(database.url);
});

afterEach(async () => {
  running?.kill("SIGKILL");
  await running;
  running = null;
});

afterAll(() => database?.drop());

function jobstack(args: string[], env: Record<string, string> = {}) {
  const environment = { PATH: process.env.PATH ?? "", ...env };
  return execa("node", ["--import", "tsx", "cli/jobstack.ts", ...args], {
    env: environment,
    extendEnv: false,
    reject: false,
  });
}

it("explains every flag with its variable, how to keep the password secret, and shows examples", async () => {
  const { stdout } = await jobstack(["exporter", "--help"]);
  for (const part of ["--config <file>", "[DATABASE_URL_FILE]", "Everybody on a machine", "exporter check"]) {
    expect(stdout).toContain(part);
  }
});

it("checks a database: what it shows, what it lacks, and nothing is written", async () => {
  const { exitCode, stdout } = await jobstack(["exporter", "check", "--environment", "test"], {
    DATABASE_URL: databaseUrl,
  });
  expect(stdout).toMatch(/^default \{environment="test"\}\n/);
  expect(stdout).toMatch(/\n {2}absent +cron_jobs +not in this database\n/);
  expect(exitCode).toBe(0);
  const { rows } = await database.pool.query("select from jobstack.exporter_state");
  expect(rows).toEqual([]);
});

it("fails a check, with the reason, when the database does not answer or a collector may not read", async () => {
  const gone = await jobstack(["exporter", "check", "--database-url-env", "SHOP"], { SHOP: nowhere });
  expect(gone.stdout).toBe(
    'default {environment="local"}\n  failed   the database does not answer: no connection to the database: connect ECONNREFUSED 127.0.0.1:1',
  );
  expect(gone.exitCode).toBe(1);
  await database.pool.query("revoke usage on schema jobstack from jobstack_exporter");
  const refused = await jobstack(["exporter", "check"], { DATABASE_URL: databaseUrl });
  await database.pool.query("grant usage on schema jobstack to jobstack_exporter");
  expect(refused.stdout).toMatch(/\n {2}failed +upkeep +permission: permission denied for schema jobstack/);
  expect(refused.exitCode).toBe(1);
});

it("takes a URL given as a flag out of its own arguments, and advises against it", async () => {
  const port = await freePort();
  const child = jobstack(["exporter", "--port", String(port), "--database-url", nowhere]);
  running = child;
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  await vi.waitFor(() => expect(printed).toBe("ready\n"), 20_000);
  expect(readFileSync(`/proc/${child.pid}/cmdline`, "utf8")).not.toContain("hunter2");
  child.kill("SIGTERM");
  const { exitCode, stderr } = await child;
  expect(exitCode).toBe(0);
  expect(stderr).toContain("give it as DATABASE_URL or in a file");
  expect(stderr).not.toContain("hunter2");
});
