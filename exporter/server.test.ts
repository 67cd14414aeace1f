import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Collection } from "./collection.ts";
import { queues } from "./collectors/queues.ts";
import { ConnectionError, type Database } from "./database.ts";
import { createServer } from "./server.ts";
import { fakeDatabase } from "./testing/fake-database.ts";
import { queueRow } from "./testing/queue-row.ts";

let server: FastifyInstance;
let down: boolean;

beforeEach(() => {
  down = false;
  const fake = fakeDatabase({ "metrics_queue()": [queueRow({ ready: 1 })] });
  const read: Database["read"] = (limits, work) =>
    down ? Promise.reject(new ConnectionError("down")) : fake.read(limits, work);
  const database = { ...fake, read };
  const collection = new Collection({
    database,
    collectors: [queues],
    version: "1.2.3",
    log: () => undefined,
  });
  const target = { name: "shop", labels: { environment: "test" }, collection, database };
  server = createServer({ targets: () => [target], environment: () => "test", version: "1.2.3" });
});

afterEach(() => server.close());

it("shows the metrics in the Prometheus text format", async () => {
  const response = await server.inject("/metrics");
  expect(response.statusCode).toBe(200);
  expect(response.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(response.body).toContain('jobs_depth{queue="mail",status="ready",environment="test"} 1\n');
  expect(response.body).toContain('jobstack_exporter_build_info{version="1.2.3",');
});

it("answers a scrape while the database is down", async () => {
  down = true;
  const response = await server.inject("/metrics");
  expect(response.statusCode).toBe(200);
  expect(response.body).toContain('jobstack_exporter_database_up{environment="test"} 0\n');
  expect(response.body).not.toContain("jobs_depth");
});

it("is healthy whether or not the database answers, and ready only if it does", async () => {
  down = true;
  expect((await server.inject("/healthz")).statusCode).toBe(200);
  expect((await server.inject("/readyz")).statusCode).toBe(503);
  down = false;
  expect((await server.inject("/readyz")).statusCode).toBe(200);
});

it("stays ready while one of several databases answers, and names those that do not", async () => {
  const collectionOf = (database: Database) =>
    new Collection({ database, collectors: [], version: "1.2.3", log: () => undefined });
  const up = fakeDatabase({});
  const gone: Database = { ...up, read: () => Promise.reject(new ConnectionError("down")) };
  const targets = Object.entries({ shop: up, blog: gone }).map(([name, database]) => ({
    name,
    labels: { environment: "test", project: name },
    collection: collectionOf(database),
    database,
  }));
  const several = createServer({ targets: () => targets, environment: () => "test", version: "1.2.3" });
  const { statusCode, body } = await several.inject("/readyz");
  await several.close();
  expect([statusCode, body]).toEqual([200, "these databases do not answer: blog\n"]);
});

it("collects nothing for a health check", async () => {
  await server.inject("/healthz");
  await server.inject("/readyz");
  const { body } = await server.inject("/metrics");
  expect(body).toContain('jobstack_exporter_collections_total{environment="test"} 1\n');
});

it("has a page with links for whoever finds the port", async () => {
  const { body, headers } = await server.inject("/");
  expect(headers["content-type"]).toContain("text/html");
  for (const path of ["/status", "/metrics", "/healthz", "/readyz", "/probe?target=shop"]) {
    expect(body).toContain(`href="${path}"`);
  }
});

it("shows one target at a time under /probe, and names all of them for any other", async () => {
  const { statusCode, body } = await server.inject("/probe?target=shop");
  expect(statusCode).toBe(200);
  expect(body).toContain('jobs_depth{queue="mail",status="ready",environment="test"} 1\n');
  expect(body).not.toContain("process_");
  for (const url of ["/probe?target=blog", "/probe", "/probe?target=shop&target=shop"]) {
    const refused = await server.inject(url);
    expect(refused.statusCode, url).toBe(404);
    expect(refused.body).toBe("no such target; write /probe?target= with one of: shop\n");
  }
});

it("shows nothing but its health to whoever has no token", async () => {
  const closed = createServer({
    targets: () => [],
    environment: () => "test",
    version: "1.2.3",
    access: () => ({ bearerToken: "t0ken", users: [] }),
  });
  const statusOf = async (url: string, authorization = "") =>
    (await closed.inject({ url, headers: { authorization } })).statusCode;
  for (const url of ["/metrics", "/probe", "/status", "/readyz", "/", "/nowhere", "/healthz/../metrics"]) {
    expect(await statusOf(url), url).toBe(401);
  }
  expect(await statusOf("/healthz")).toBe(200);
  expect(await statusOf("/metrics", "Bearer t0ken")).toBe(200);
  expect(await statusOf("/metrics", "Bearer token")).toBe(401);
  await closed.close();
});

it("knows no other pages", async () => {
  expect((await server.inject("/config")).statusCode).toBe(404);
});
