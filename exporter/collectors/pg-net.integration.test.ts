import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { installJobstack } from "../../sql/jobstack/install.ts";
import { createTestDatabase, type TestDatabase } from "../../test/support/test-database.ts";
import { installMetrics } from "../testing/install-metrics.ts";
import { startExporter, type TestExporter } from "../testing/start-exporter.ts";

let database: TestDatabase;
let exporterUrl: string;
let exporter: TestExporter;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query("create extension pg_net");
  exporterUrl = await installMetrics(database.url);
});

afterAll(() => database?.drop());

beforeEach(async () => {
  await database.admin.query("truncate net._http_response, net.http_request_queue, jobstack.exporter_state");
  exporter = startExporter(exporterUrl);
});

afterEach(() => exporter.stop());

interface Response {
  id?: number;
  status?: number;
  error?: string;
  timedOut?: boolean;
  /** Seconds since it was recorded. */
  ago?: number;
}

async function respond({ id = 1, status, error, timedOut = false, ago = 60 }: Response): Promise<void> {
  await database.admin.query(
    `insert into net._http_response (id, status_code, error_msg, timed_out, created)
     values ($5, $1, $2, $3, now() - make_interval(secs => $4))`,
    [status ?? null, error ?? null, timedOut, ago, id],
  );
}

async function responses(): Promise<Record<string, number>> {
  const found = [...(await exporter.scrape())].flatMap(([series, value]) => {
    const outcome = /^pg_net_responses_total\{outcome="(\w+)"\}$/.exec(series)?.[1];
    return outcome && value > 0 ? [[outcome, value] as const] : [];
  });
  return Object.fromEntries(found);
}

it("counts each response once, by what became of the request", async () => {
  await exporter.scrape();
  await respond({ status: 200, ago: 60 });
  await respond({ status: 204, ago: 50 });
  await respond({ status: 503, ago: 40 });
  await respond({ error: "Couldn't connect to server", ago: 30 });
  await respond({ error: "Timeout of 500 ms reached. Total time: 500 ms", ago: 20 });
  await respond({ error: "Timeout of 500 ms reached. Total time: 500 ms", timedOut: true, ago: 10 });
  const expected = { "2xx": 2, "5xx": 1, error: 1, timeout: 2 };
  expect(await responses()).toEqual(expected);
  expect(await responses()).toEqual(expected);
  await respond({ status: 404, ago: 5 });
  expect(await responses()).toEqual({ ...expected, "4xx": 1 });
});

it("counts none of before it came", async () => {
  await respond({ status: 200 });
  expect(await responses()).toEqual({});
});

it("leaves what was recorded just now for the next scrape, in case an earlier one is still to come", async () => {
  await exporter.scrape();
  await respond({ status: 200, ago: 0 });
  expect(await responses()).toEqual({});
});

it("keeps its counts over a crash of the server, which loses the responses", async () => {
  await exporter.scrape();
  await respond({ status: 200, ago: 60 });
  await exporter.scrape();
  await database.admin.query("truncate net._http_response");
  expect(await responses()).toEqual({ "2xx": 1 });
  await respond({ status: 200, ago: 30 });
  expect(await responses()).toEqual({ "2xx": 2 });
});

it("goes on when the extension was made anew, with its tables", async () => {
  await exporter.scrape();
  await respond({ status: 200, ago: 60 });
  expect(await responses()).toEqual({ "2xx": 1 });
  await database.admin.query("drop extension pg_net cascade");
  const without = await exporter.scrape();
  expect(without.get('jobstack_exporter_collector_skipped{collector="pg_net"}')).toBe(1);
  await database.pool.query("create extension pg_net");
  await respond({ status: 500, ago: 30 });
  expect(await responses()).toEqual({ "2xx": 1, "5xx": 1 });
});

it("keeps its counts over a restart", async () => {
  await exporter.scrape();
  await respond({ status: 200 });
  await exporter.scrape();
  await exporter.stop();
  exporter = startExporter(exporterUrl);
  expect(await responses()).toEqual({ "2xx": 1 });
});

it("counts what waits, up to ten thousand", async () => {
  const add =
    "insert into net.http_request_queue (method, url, timeout_milliseconds) select 'GET', 'http://x/', 1";
  await database.admin.query(`${add} from generate_series(1, 3)`);
  expect((await exporter.scrape()).get("pg_net_queue_length")).toBe(3);
  await database.admin.query(`${add} from generate_series(1, 12000)`);
  expect((await exporter.scrape()).get("pg_net_queue_length")).toBe(10_000);
});

it("sees the worker come and go", async () => {
  expect((await exporter.scrape()).get("pg_net_worker_up")).toBe(0);
  const worker = await database.admin.connect();
  await worker.query("set application_name = 'pg_net 0.20.4 worker'");
  expect((await exporter.scrape()).get("pg_net_worker_up")).toBe(1);
  await worker.query("reset application_name");
  worker.release();
  expect((await exporter.scrape()).get("pg_net_worker_up")).toBe(0);
});

it("leads from a response to the schedule or queue that asked for it, also when ids begin anew", async () => {
  await installJobstack(database.pool);
  await database.pool.query(`create table public.mail (id bigserial primary key, status text not null default 'pending');
    select jobstack.declare_queue('mail', '{"table": "public.mail", "wake_url": "http://127.0.0.1:9/"}')`);
  await exporter.scrape();
  await database.pool.query("select jobstack.wake('mail', true)");
  await database.pool.query("select jobstack.call_function('digest', 'http://127.0.0.1:9/')");
  const { rows } = await database.pool.query<{ name: string; request_id: string }>(
    "update jobstack.function_call set called_at = called_at - interval '100 seconds' returning name, request_id",
  );
  const requestOf = (caller: string) => Number(rows.find(({ name }) => name === caller)?.request_id);
  await database.admin.query(
    "insert into jobstack.function_call values (now() - interval '2 days', 'old', $1, 1, 'schedule')",
    [requestOf("mail")],
  );
  await respond({ id: requestOf("mail"), status: 202, ago: 90 });
  await respond({ id: requestOf("digest"), status: 500, ago: 80 });
  await respond({ id: requestOf("digest"), error: "Couldn't connect to server", ago: 70 });
  const shown = await exporter.scrape();
  const calls = [...shown].filter(([series, value]) => /^pg_net_call_(res|con)/.test(series) && value > 0);
  expect(Object.fromEntries(calls)).toEqual({
    'pg_net_call_responses_total{source="wakeup",name="mail",outcome="2xx"}': 1,
    'pg_net_call_responses_total{source="schedule",name="digest",outcome="5xx"}': 1,
    'pg_net_call_responses_total{source="schedule",name="digest",outcome="error"}': 1,
    'pg_net_call_consecutive_failures{source="schedule",name="digest"}': 2,
  });
});
