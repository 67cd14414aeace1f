import { readFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { callCommand } from "../../infra/components/cron-command.ts";
import { PgNetWorker } from "../../infra/local/pg-net/worker.ts";
import { packageRoot } from "../../infra/package-root.ts";
import { openPool } from "../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../test/support/test-cluster.ts";
import { installJobstack } from "./install.ts";

const secret = "canary-of-the-cron-secret";

let server: TestCluster;
let db: pg.Pool;
let worker: PgNetWorker;
let functions: http.Server;
let url: string;

beforeAll(async () => {
  server = await createTestCluster();
  db = openPool(server.url);
  for (const extension of ["pg_net", "supabase_vault"]) {
    await db.query(`create extension if not exists ${extension} cascade`);
  }
  await installJobstack(db);
  await db.query("select vault.create_secret($1, 'CRON_SECRET')", [secret]);
  functions = http.createServer((_, response) => response.writeHead(202).end());
  await new Promise<void>((resolve) => functions.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(functions.address() as AddressInfo).port}/functions/v1/digest`;
});
afterAll(async () => {
  await worker.stop(0);
  await db.end();
  functions.close();
  await server.stop();
});

/** The only schedule that comes without a minute's wait. */
async function runAtStart(commands: Record<string, string>): Promise<void> {
  for (const [name, command] of Object.entries(commands)) {
    await db.query("select cron.schedule($1, '@reboot', $2)", [name, command]);
  }
  await db.end();
  await server.cluster.stop();
  await server.cluster.start();
  db = openPool(server.url);
  worker = new PgNetWorker({ databaseUrl: server.adminUrl });
  await worker.start();
}

/** The query of the page that leads from a run to its response. */
function followRuns(): string {
  const page = readFileSync(path.join(packageRoot, "docs/components.md"), "utf8");
  return /^```sql\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? "";
}

it("lets a run of pg_cron be followed to its response; one whose secret is missing fails in the run", async () => {
  await runAtStart({
    good: callCommand({ name: "good", url, secret: "CRON_SECRET", audience: "digest" }),
    bad: callCommand({ name: "bad", url, secret: "GONE", audience: "digest" }),
  });
  await vi.waitFor(
    async () => {
      const { rows } = await db.query(followRuns());
      expect(rows).toMatchObject([{ name: "good", status_code: 202, timed_out: false, error_msg: null }]);
      expect(rows[0].start_time).toBeInstanceOf(Date);
    },
    { timeout: 30_000 },
  );
  await vi.waitFor(async () => {
    const sql = "select return_message from cron.job_run_details where status = 'failed'";
    expect((await db.query(sql)).rows).toEqual([
      {
        return_message: expect.stringContaining(
          'vault has no secret "GONE"; add it with vault.create_secret()',
        ),
      },
    ]);
  });
  const { rows } = await db.query(
    "select command from cron.job union select command from cron.job_run_details",
  );
  expect(JSON.stringify(rows)).not.toContain(secret);
});
