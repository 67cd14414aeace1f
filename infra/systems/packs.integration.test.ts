import type { FastifyInstance } from "fastify";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { handMadeTable, rowsAsTheyLie } from "../../sql/packs/testing/hand-made.ts";
import { openPool } from "../../test/support/open-pool.ts";
import { buildUpstream } from "../local/upstream/server.ts";
import type { TestStack } from "../provider/testing/pulumi-stack.ts";
import { secretsOf, startTestProject, type TestProject } from "../testing/deployed-environment.ts";

let project: TestProject;
let application: FastifyInstance;
let database: pg.Pool;
let stack: TestStack;

beforeAll(async () => {
  project = await startTestProject();
  application = buildUpstream();
  database = openPool(project.cluster.url);
  const appUrl = await application.listen({ host: "127.0.0.1", port: 0 });
  stack = await project.openStack("staging", {
    packs: JSON.stringify({ schema: "public", appUrl }),
    adopt: "true",
    exporterPassword: "exporter",
  });
});
afterAll(async () => {
  await database.end();
  await application.close();
  await project.stop();
});

const read = async (sql: string) => (await database.query(sql)).rows;

describe("the packs system alone, in public, around a job table that was made by hand", {
  timeout: 300_000,
}, () => {
  it("is deployed without touching the table's columns or a row of it", async () => {
    await database.query(handMadeTable);
    const columns =
      "select attname, atttypid from pg_attribute where attrelid = 'public.job_queue'::regclass";
    const before = [await read(rowsAsTheyLie), await read(columns)];
    await stack.up();
    expect([await read(rowsAsTheyLie), await read(columns)]).toEqual(before);
    expect(await stack.preview()).toEqual([]);
  });

  it("works through the jobs that were pending", async () => {
    await read("select jobstack.poll('packs')");
    const { cronSecret } = secretsOf("staging");
    const headers = { authorization: `Bearer ${cronSecret}` };
    const woken = await project.gateway.call("process-jobs", { method: "POST", headers });
    expect(woken.status).toBe(202);
    await vi.waitFor(
      async () =>
        expect(await read("select status, count(*)::int from job_queue group by 1 order by 1")).toEqual([
          { status: "completed", count: 20 },
          { status: "failed", count: 10 },
          // What another worker was at is not for this one to judge.
          { status: "processing", count: 10 },
        ]),
      60_000,
    );
  });

  it("is rolled back without the loss of a row, and leaves none of its triggers on the table", async () => {
    const before = await read(rowsAsTheyLie);
    await stack.destroy();
    expect(await read(rowsAsTheyLie)).toEqual(before);
    expect(
      await read("select from pg_trigger where tgrelid = 'public.job_queue'::regclass and not tgisinternal"),
    ).toEqual([]);
    expect(await read("select from cron.job")).toEqual([]);
    expect((await project.gateway.call("process-jobs", { method: "POST" })).status).toBe(404);
  });
});
