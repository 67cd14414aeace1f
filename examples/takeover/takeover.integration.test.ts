import { readdirSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accessToken,
  projectRef,
  startTestGateway,
  type TestGateway,
} from "../../infra/local/gateway/testing/test-gateway.ts";
import { TestStack } from "../../infra/provider/testing/pulumi-stack.ts";
import { openPool } from "../../test/support/open-pool.ts";
import { createTestCluster, type TestCluster } from "../../test/support/test-cluster.ts";
import ourOwn from "./our-own.ts";
import takeOver from "./take-over.ts";

const timeout = 300_000;
const cronSecret = "a-secret-made-by-hand";

describe.each(["import", "adopt"] as const)("a job system that was made by hand, taken over by %s", (how) => {
  let cluster: TestCluster;
  let gateway: TestGateway;
  let database: pg.Pool;
  let stack: TestStack;
  let program = () => takeOver(how);

  beforeAll(async () => {
    cluster = await createTestCluster();
    gateway = await startTestGateway({ databaseUrl: cluster.url });
    database = openPool(cluster.url);
    await database.query("create extension if not exists supabase_vault with schema vault");
    const folder = new URL("by-hand/", import.meta.url);
    for (const file of readdirSync(folder).sort())
      await database.query(readFileSync(new URL(file, folder), "utf8"));
    await database.query("select vault.create_secret($1, 'CRON_SECRET')", [cronSecret]);
    await gateway.api("/secrets", { method: "POST", body: [{ name: "CRON_SECRET", value: cronSecret }] });
    await insertJobs(3);
    stack = await TestStack.create(async () => {
      const config = { databaseUrl: cluster.url, projectRef, accessToken, apiUrl: gateway.url, cronSecret };
      for (const [key, value] of Object.entries(config)) pulumi.runtime.setConfig(`takeover:${key}`, value);
      await program();
    });
  }, timeout);
  afterAll(async () => {
    stack?.delete();
    await database.end();
    await gateway.close();
    await cluster.stop();
  });

  async function insertJobs(count: number): Promise<void> {
    await database.query(
      `insert into jobs (job_type, user_id) select 'story_generation', gen_random_uuid() from generate_series(1, $1)`,
      [count],
    );
  }

  /** Every row and catalog entry, with the transaction that wrote it last. */
  async function written(): Promise<unknown> {
    const { rows } = await database.query(`
      select 'job' as kind, ctid::text as id, xmin::text from jobs
      union all select 'file', pg_relation_filenode('jobs')::text, ''
      union all select 'function', proname, xmin::text from pg_proc where proname like 'trigger\\_%job%'
      union all select 'trigger', tgname, xmin::text from pg_trigger where tgname = 'on_job_insert'
      union all select 'cron', jobname, xmin::text from cron.job
      order by 1, 2, 3`);
    return rows;
  }

  const steps = (found: { op: string; resource: string }[]) =>
    found.map(({ op, resource }) => `${op} ${resource}`);
  const everything = [
    "CronJob job-worker-poll",
    "Secret CRON_SECRET",
    "SqlFunction public.trigger_all_pending_jobs",
    "SqlFunction public.trigger_job_worker",
    "Trigger public.jobs.on_job_insert",
  ];

  it(
    "shows that it is taken over as it is, does that, and then finds nothing to do",
    async () => {
      const before = await written();
      const verb = how === "import" ? "import" : "create";
      expect(steps(await stack.preview())).toEqual(everything.map((resource) => `${verb} ${resource}`));
      expect(steps(await stack.up())).toEqual(everything.map((resource) => `${verb} ${resource}`));
      expect(await stack.preview()).toEqual([]);
      expect(await written()).toEqual(before);
    },
    timeout,
  );

  it(
    "still shows what somebody changes by hand",
    async () => {
      await database.query("alter table jobs disable trigger on_job_insert");
      await database.query("alter function trigger_job_worker() security invoker");
      expect(steps(await stack.preview())).toEqual([
        "update SqlFunction public.trigger_job_worker",
        "update Trigger public.jobs.on_job_insert",
      ]);
      await stack.up();
      expect(await stack.preview()).toEqual([]);
    },
    timeout,
  );

  it(
    "becomes Jobstack's own in place: no object is deleted or made anew, no row is touched",
    async () => {
      const { rows: jobs } = await database.query(
        "select ctid::text, xmin::text, jobs.* from jobs order by ctid",
      );
      await database.query("delete from net.http_request_queue");
      program = ourOwn;
      const changes = await stack.preview();
      expect(steps(changes.filter(({ op }) => op !== "create"))).toEqual(
        everything
          .filter((resource) => resource !== "Secret CRON_SECRET")
          .map((resource) => `update ${resource}`),
      );
      await stack.up();
      expect(await stack.preview()).toEqual([]);
      const { rows } = await database.query("select ctid::text, xmin::text, jobs.* from jobs order by ctid");
      expect(rows).toEqual(jobs);
    },
    timeout,
  );

  it(
    "wakes the worker for a statement that inserts jobs, where it called once for each job",
    async () => {
      await insertJobs(20);
      const { rows } = await database.query("select url from net.http_request_queue");
      // The tick, which runs here, may have woken it for the older jobs; no second call while one is under way.
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.length).toBeLessThan(20);
      const worker = "https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker";
      expect([...new Set(rows.map(({ url }) => url))]).toEqual([worker]);
      const { rows: pending } = await database.query("select trigger_all_pending_jobs() as count");
      expect(pending).toEqual([{ count: 23 }]);
    },
    timeout,
  );

  it("passes the checks by which its makers knew that it was set up", async () => {
    const names = async (sql: string) => (await database.query({ text: sql, rowMode: "array" })).rows.flat();
    expect(await names("SELECT extname FROM pg_extension WHERE extname = 'pg_net'")).toEqual(["pg_net"]);
    expect(
      await names(
        "SELECT routine_name FROM information_schema.routines WHERE routine_name = 'trigger_job_worker'",
      ),
    ).toEqual(["trigger_job_worker"]);
    expect(await names("SELECT tgenabled FROM pg_trigger WHERE tgname = 'on_job_insert'")).toEqual(["O"]);
    expect(
      await names(
        "SELECT routine_name FROM information_schema.routines WHERE routine_name = 'trigger_all_pending_jobs'",
      ),
    ).toEqual(["trigger_all_pending_jobs"]);
    const [source] = await names("SELECT prosrc FROM pg_proc WHERE proname = 'trigger_job_worker'");
    expect(source).toContain("https://abcdefghijklmnopqrst.supabase.co/functions/v1/job-worker");
  });
});
