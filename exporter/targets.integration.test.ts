import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { installJobstack } from "../sql/jobstack/install.ts";
import { createTestDatabase, type TestDatabase } from "../test/support/test-database.ts";
import type { TargetConfig } from "./config.ts";
import { createServer } from "./server.ts";
import { Targets } from "./targets.ts";
import { installMetrics } from "./testing/install-metrics.ts";

/** Nothing listens on port 1. */
const nowhere = "postgresql://jobstack_exporter:hunter2@127.0.0.1:1/postgres";

let shop: TestDatabase;
let blog: TestDatabase;
let configs: { shop: TargetConfig; blog: TargetConfig };
let targets: Targets;
let server: FastifyInstance;
let logged: string[];

beforeEach(async () => {
  logged = [];
  const target = async (name: string, database: TestDatabase) => {
    const databaseUrl = await installMetrics(database.url);
    await installJobstack(database.pool);
    await database.pool.query("create table public.mail (id bigserial primary key, status text not null)");
    await database.pool.query("select jobstack.declare_queue('mail', $1)", [{ table: "public.mail" }]);
    return { name, labels: { environment: "test", project: name }, databaseUrl };
  };
  [shop, blog] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  configs = { shop: await target("shop", shop), blog: await target("blog", blog) };
  targets = new Targets({
    version: "1.2.3",
    log: (event, fields) => logged.push([event, fields?.target, fields?.reason].filter(Boolean).join(" ")),
  });
  await targets.apply([configs.shop, configs.blog]);
  server = createServer({ targets: () => targets.list, environment: () => "test", version: "1.2.3" });
});

afterEach(async () => {
  await server.close();
  await targets.close();
  await shop.drop();
  await blog.drop();
});

/** The series with this name, without it, and their values. */
async function shown(metric: string): Promise<string[]> {
  const { body } = await server.inject("/metrics");
  return body.split("\n").flatMap((line) => (line.startsWith(`${metric}{`) ? line.slice(metric.length) : []));
}

const of = (project: string, value: number, labels = "") =>
  `{${labels}environment="test",project="${project}"} ${value}`;

it("shows all targets in one answer, told apart by their labels", async () => {
  expect(await shown("jobstack_exporter_database_up")).toEqual([of("shop", 1), of("blog", 1)]);
  expect(await shown("jobs_paused")).toEqual([
    of("shop", 0, 'queue="mail",'),
    of("blog", 0, 'queue="mail",'),
  ]);
});

it("goes on with one target while the other's database is gone, and says which it was", async () => {
  await shown("jobs_paused");
  await shop.admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", [
    blog.name,
  ]);
  await shop.admin.query(`alter database ${blog.name} rename to ${blog.name}_away`);
  expect(await shown("jobstack_exporter_database_up")).toEqual([of("shop", 1), of("blog", 0)]);
  expect(await shown("jobs_paused")).toEqual([of("shop", 0, 'queue="mail",')]);
  await shop.admin.query(`alter database ${blog.name}_away rename to ${blog.name}`);
  expect(await shown("jobstack_exporter_database_up")).toEqual([of("shop", 1), of("blog", 1)]);
  expect(logged.slice(0, 2)).toEqual(["database does not answer blog", "database is back blog"]);
});

it("keeps the counters and connections of what a new configuration leaves alone, also under other labels", async () => {
  const sessions = async () => {
    const { rows } = await shop.admin.query<{ pid: number }>(
      "select pid from pg_stat_activity where datname = $1 and usename = 'jobstack_exporter' order by pid",
      [shop.name],
    );
    return rows.map(({ pid }) => pid);
  };
  const collections = "jobstack_exporter_collections_total";
  expect(await shown(collections)).toEqual([of("shop", 1), of("blog", 1)]);
  const before = await sessions();
  const renamed = { ...configs.shop, labels: { environment: "test", project: "store" } };
  await targets.apply([renamed, { ...configs.blog, databaseUrl: nowhere }]);
  expect(await shown(collections)).toEqual([of("store", 2), of("blog", 1)]);
  expect(await sessions()).toEqual(before);
});

it("lets go of a target that a new configuration no longer has, and takes on another", async () => {
  await shown("jobs_paused");
  await targets.apply([
    { ...configs.blog, name: "press", labels: { environment: "test", project: "press" } },
  ]);
  expect(await shown("jobstack_exporter_database_up")).toEqual([of("press", 1)]);
  await expect
    .poll(async () => {
      const { rows } = await blog.admin.query(
        "select from pg_stat_activity where datname = $1 and usename = 'jobstack_exporter'",
        [shop.name],
      );
      return rows.length;
    })
    .toBe(0);
});

it("is not ready when no database answers", async () => {
  await targets.apply([{ ...configs.blog, databaseUrl: nowhere }]);
  const { statusCode, body } = await server.inject("/readyz");
  expect([statusCode, body]).toEqual([503, "these databases do not answer: blog\n"]);
});
