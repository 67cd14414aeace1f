import { fork, spawn } from "node:child_process";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createTestCluster } from "../../../test/support/test-cluster.ts";
import { createTestDatabase, type TestDatabase } from "../../../test/support/test-database.ts";
import { PgNetWorker, type PgNetWorkerOptions } from "./worker.ts";

let db: TestDatabase;
let server: http.Server;
let base: string;
/** Paths in the order of arrival. */
let arrived: string[];
/** Replies that wait, by path. */
let held: Map<string, http.ServerResponse>;
let cleanUp: (() => Promise<unknown>)[];

beforeEach(async () => {
  arrived = [];
  held = new Map();
  cleanUp = [];
  server = http.createServer((request, response) => {
    const url = request.url ?? "";
    arrived.push(url);
    if (url.startsWith("/hold")) held.set(url, response);
    else response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  db = await createTestDatabase();
});

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await db.drop();
});

test("sends what is queued at commit and stores the response in the place of the request", async () => {
  await db.pool.query("create extension pg_net");
  await startWorker();
  const { rows } = await db.pool.query("select net.http_post($1) as id", [`${base}/now`]);
  await vi.waitFor(async () =>
    expect(await responses()).toMatchObject([{ id: rows[0].id, status_code: 200, content: "ok" }]),
  );
  expect(await queueLength()).toBe(0);
});

test("serves an extension that is created after the worker started", async () => {
  await startWorker();
  await db.pool.query("create extension pg_net");
  await get("/late");
  await vi.waitFor(() => expect(arrived).toEqual(["/late"]));
});

test("sends what was queued while no worker ran", async () => {
  await db.pool.query("create extension pg_net");
  await get("/before");
  await startWorker();
  await vi.waitFor(() => expect(arrived).toEqual(["/before"]));
});

test("leaves a directly inserted row alone until something wakes it", async () => {
  await db.pool.query("create extension pg_net");
  await startWorker();
  await db.pool.query(
    "insert into net.http_request_queue (method, url, timeout_milliseconds) values ('GET', $1, 1000)",
    [`${base}/direct`],
  );
  expect(arrived).toEqual([]);
  await db.pool.query("select net.wake()");
  await vi.waitFor(() => expect(arrived).toEqual(["/direct"]));
});

test("does not let a slow server hold up other requests or their responses", async () => {
  await db.pool.query("create extension pg_net");
  await startWorker();
  await get("/hold");
  await vi.waitFor(() => expect(held.size).toBe(1));
  await get("/fast");
  await vi.waitFor(async () => expect(await responses()).toMatchObject([{ status_code: 200 }]));
  expect(await queueLength()).toBe(1);
  held.get("/hold")?.end();
  await vi.waitFor(async () => expect(await queueLength()).toBe(0));
});

test("has no transaction open while a request is on its way", async () => {
  await db.pool.query("create extension pg_net");
  await startWorker();
  await get("/hold");
  await vi.waitFor(() => expect(held.size).toBe(1));
  await vi.waitFor(async () => {
    const { rows } = await db.admin.query(
      "select state, xact_start, backend_xmin from pg_stat_activity where application_name like 'pg_net%' and datname = current_database()",
    );
    expect(rows).toEqual([{ state: "idle", xact_start: null, backend_xmin: null }]);
  });
});

test("has at most pg_net.batch_size requests on their way, in order of id", async () => {
  await db.pool.query("create extension pg_net");
  await db.admin.query(`alter database ${db.name} set pg_net.batch_size = '2'`);
  await startWorker();
  await db.pool.query("select net.http_get($1 || n) from generate_series(1, 5) n", [`${base}/hold`]);
  await vi.waitFor(() => expect(arrived.toSorted()).toEqual(["/hold1", "/hold2"]));
  await vi.waitFor(async () => expect(await queueLength()).toBe(5));
  held.get("/hold2")?.end();
  await vi.waitFor(() => expect(arrived[2]).toBe("/hold3"));
  for (const name of ["/hold1", "/hold3", "/hold4", "/hold5"]) {
    await vi.waitFor(() => expect(held.has(name)).toBe(true));
    held.get(name)?.end();
  }
  await vi.waitFor(async () => expect((await responses()).length).toBe(5));
});

test("sends each of many requests once", async () => {
  await db.pool.query("create extension pg_net");
  await startWorker();
  await db.pool.query("select net.http_get($1 || n) from generate_series(1, 1000) n", [`${base}/`]);
  await vi.waitFor(async () => expect(await queueLength()).toBe(0), { timeout: 20_000 });
  expect(new Set(arrived).size).toBe(1000);
  expect(arrived.length).toBe(1000);
  expect((await responses()).length).toBe(1000);
});

test("deletes expired responses at a wake, not while idle", async () => {
  await db.pool.query("create extension pg_net");
  await startWorker();
  await db.pool.query(
    "insert into net._http_response (id, created) select n, now() - interval '7 hours' from generate_series(1, 500) n",
  );
  await db.pool.query(
    "insert into net._http_response (id, created) values (501, now() - interval '5 hours')",
  );
  await db.pool.query("select net.wake()");
  await vi.waitFor(async () => expect((await responses()).map(({ id }) => id)).toEqual(["501"]));
});

test("reports a row that nobody could send and goes on with the next", async () => {
  await db.pool.query("create extension pg_net");
  await startWorker();
  await db.pool.query(`insert into net.http_request_queue (method, url, headers, timeout_milliseconds) values
    ('GET', 'http://h', '[1]', 1000), ('get', 'garbage', null, 1000)`);
  await get("/next");
  await vi.waitFor(async () =>
    expect((await responses()).map(({ error_msg }) => error_msg).toSorted()).toEqual([
      "URL using bad/illegal format or missing URL",
      "headers must be a JSON object",
      null,
    ]),
  );
});

test("does not send again what the database refuses to take the response of", async () => {
  await db.pool.query("create extension pg_net");
  await db.admin.query(`create function refuse() returns trigger language plpgsql as $$
    begin if new.id = 1 then raise exception 'no'; end if; return new; end $$`);
  await db.admin.query(
    "create trigger refuse before insert on net._http_response for each row execute function refuse()",
  );
  const log: string[] = [];
  await startWorker({ log: (line) => log.push(line) });
  await get("/refused");
  await vi.waitFor(() =>
    expect(log).toEqual(["pg_net: the database does not store the response of request 1"]),
  );
  await get("/stored");
  await vi.waitFor(async () => expect(await responses()).toMatchObject([{ id: "2" }]));
  expect(arrived).toEqual(["/refused", "/stored"]);
});

test("is seen by check_worker_is_up only while it runs", async () => {
  await db.pool.query("create extension pg_net");
  await expect(db.pool.query("select net.check_worker_is_up()")).rejects.toThrow(
    "the pg_net background worker is not up",
  );
  const worker = await startWorker();
  await db.pool.query("select net.check_worker_is_up(), net.wait_until_running()");
  await worker.stop();
  await vi.waitFor(() =>
    expect(db.pool.query("select net.check_worker_is_up()")).rejects.toThrow("is not up"),
  );
});

test("answers a request that was on its way when its connection was cut, without sending it twice", async () => {
  await db.pool.query("create extension pg_net");
  await startWorker();
  await get("/hold");
  await vi.waitFor(() => expect(held.size).toBe(1));
  expect((await db.pool.query("select net.worker_restart() as done")).rows).toEqual([{ done: true }]);
  held.get("/hold")?.end();
  await vi.waitFor(async () => expect(await responses()).toMatchObject([{ status_code: 200 }]));
  expect(arrived).toEqual(["/hold"]);
});

test("waits while another worker serves the same database, and takes over when it ends", async () => {
  await db.pool.query("create extension pg_net");
  const first = await startWorker();
  const second = new PgNetWorker({ databaseUrl: db.adminUrl });
  const started = second.start();
  cleanUp.push(() => second.stop());
  await get("/one");
  await vi.waitFor(() => expect(arrived).toEqual(["/one"]));
  await first.stop();
  await started;
  await get("/two");
  await vi.waitFor(() => expect(arrived).toEqual(["/one", "/two"]));
});

test("finishes what is on its way before it stops, and leaves the rest queued", async () => {
  await db.pool.query("create extension pg_net");
  const worker = await startWorker();
  await get("/hold");
  await vi.waitFor(() => expect(held.size).toBe(1));
  const stopped = worker.stop();
  await get("/rest");
  held.get("/hold")?.end();
  await stopped;
  expect(await responses()).toMatchObject([{ id: "1", status_code: 200 }]);
  expect(await queueLength()).toBe(1);
});

test("loses nothing when its process is killed and started again", async () => {
  await db.pool.query("create extension pg_net");
  const first = await startProcess();
  await get("/hold");
  await vi.waitFor(() => expect(held.size).toBe(1));
  first.kill("SIGKILL");
  await new Promise((resolve) => first.once("exit", resolve));
  await get("/meanwhile");
  const second = await startProcess();
  await vi.waitFor(() => expect(arrived.toSorted()).toEqual(["/hold", "/hold", "/meanwhile"]));
  held.get("/hold")?.end();
  await vi.waitFor(async () => expect((await responses()).length).toBe(2));
  second.kill("SIGTERM");
  expect(await new Promise((resolve) => second.once("exit", (code) => resolve(code)))).toBe(0);
});

test("says in one line that it cannot reach the database", async () => {
  const child = spawn(process.execPath, ["--import", "tsx", path.join(import.meta.dirname, "main.ts")], {
    env: { PATH: process.env.PATH, DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr.on("data", (chunk) => {
    text += chunk;
  });
  expect(await new Promise((resolve) => child.once("close", (code) => resolve(code)))).toBe(1);
  expect(text).toBe("pg_net: cannot connect to the database: connect ECONNREFUSED 127.0.0.1:1\n");
});

test("loses nothing over a restart of the database, and starts afresh after its crash", async () => {
  const own = await createTestCluster();
  cleanUp.push(() => own.stop());
  const worker = new PgNetWorker({ databaseUrl: own.adminUrl });
  await worker.start();
  cleanUp.push(() => worker.stop());
  await query(own.url, "create extension pg_net");
  await query(own.url, "select net.http_get($1)", [`${base}/hold/restart`]);
  await vi.waitFor(() => expect(held.size).toBe(1));

  await own.cluster.stop();
  held.get("/hold/restart")?.end();
  await own.cluster.start();
  await vi.waitFor(async () =>
    expect(await query(own.url, "select id, status_code from net._http_response")).toEqual([
      { id: "1", status_code: 200 },
    ]),
  );
  await query(own.url, "select net.http_get($1)", [`${base}/hold/crash`]);
  await vi.waitFor(() => expect(held.size).toBe(2));

  process.kill(own.cluster.status().pid ?? 0, "SIGKILL");
  await own.cluster.exited;
  await own.cluster.start();
  // Unlogged tables are empty now and ids start again: the reply to the old request 1 must not pass for the new one's.
  await query(own.url, "select net.http_get($1)", [`${base}/hold/new`]);
  await vi.waitFor(() => expect(held.size).toBe(3));
  held.get("/hold/crash")?.writeHead(500).end();
  held.get("/hold/new")?.end();
  await vi.waitFor(async () =>
    expect(await query(own.url, "select id, status_code from net._http_response")).toEqual([
      { id: "1", status_code: 200 },
    ]),
  );
  expect(arrived).toEqual(["/hold/restart", "/hold/crash", "/hold/new"]);
});

async function startWorker(options: Partial<PgNetWorkerOptions> = {}): Promise<PgNetWorker> {
  const worker = new PgNetWorker({ databaseUrl: db.adminUrl, ...options });
  await worker.start();
  cleanUp.push(() => worker.stop(0));
  return worker;
}

/** The platform's process, once it has said that it serves. */
async function startProcess() {
  const child = fork(path.join(import.meta.dirname, "main.ts"), {
    execArgv: ["--import", "tsx"],
    env: { PATH: process.env.PATH, DATABASE_URL: db.adminUrl },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  cleanUp.push(async () => child.kill("SIGKILL"));
  const line = await new Promise((resolve) => child.stdout?.once("data", (chunk) => resolve(String(chunk))));
  expect(line).toBe("ready\n");
  return child;
}

function get(url: string) {
  return db.pool.query("select net.http_get($1)", [base + url]);
}

async function responses() {
  const { rows } = await db.pool.query(
    "select id, status_code, content, error_msg from net._http_response order by id",
  );
  return rows;
}

async function queueLength(): Promise<number> {
  return Number((await db.pool.query("select count(*) from net.http_request_queue")).rows[0].count);
}

async function query(url: string, sql: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows;
  } finally {
    await client.end();
  }
}
