import { once } from "node:events";
import { createInterface } from "node:readline";
import { execaNode } from "execa";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { demoUserId } from "../../infra/local/demo-user.ts";
import { projectRoot } from "../../infra/local/workspace.ts";
import { systemsPlatform } from "./platform.ts";

const platform = systemsPlatform();
const query = (sql: string) => platform.queryIn("public", sql);

const patience = { timeout: 90_000, interval: 100 };

beforeAll(async () => {
  await platform.query(
    `insert into public.issuers (ticker, name, pool_usdp, pool_shares) values ('AAPL', 'Apple', 100000, 1000)
     on conflict do nothing`,
  );
  await platform.query(
    `insert into public.balances as b (user_id, usdp) values ($1, 100000)
     on conflict (user_id) do update set usdp = b.usdp + excluded.usdp`,
    [demoUserId],
  );
});

/** Places that many orders in one statement; their ids. */
async function place(count: number): Promise<string[]> {
  const rows = await platform.query<{ id: string }>(
    `insert into public.queue (user_id, ticker, order_type, amount_usdp, status)
     select $1, 'AAPL', 'buy', 0.5, 'pending' from generate_series(1, $2) returning id`,
    [demoUserId, count],
  );
  return rows.map(({ id }) => id);
}

async function statusesOf(ids: string[]): Promise<Record<string, number>> {
  const rows = await platform.query<{ status: string; orders: number }>(
    "select status, count(*)::int as orders from public.queue where id = any ($1) group by status",
    [ids],
  );
  return Object.fromEntries(rows.map(({ status, orders }) => [status, orders]));
}

describe("as the guide's user verifies it", () => {
  it("processes the test order", async () => {
    const insert = `INSERT INTO public.queue (user_id, ticker, order_type, amount_usdp, status)
VALUES ('your-user-id', 'AAPL', 'buy', 100, 'pending');`;
    const latest = `SELECT * FROM public.queue ORDER BY date DESC LIMIT 5;`;
    await query(insert.replace("your-user-id", demoUserId));
    const [placed] = await query("select max(id) as id from public.queue where amount_usdp = 100");
    await vi.waitFor(async () => expect(await statusesOf([placed?.id])).toEqual({ completed: 1 }), patience);
    expect((await query(latest)).map(({ status }) => status)).toContainEqual(
      expect.stringMatching(/completed|failed/),
    );
  });

  it("refreshes and shows the stats cache", async () => {
    await query(`SELECT refresh_issuer_stats_cache();`);
    const cache = await query(`SELECT * FROM public.issuer_stats_cache;`);
    expect(cache).toContainEqual(expect.objectContaining({ ticker: "AAPL", refreshed_at: expect.any(Date) }));
  });

  it("has its cron jobs scheduled", async () => {
    const jobs = await query(`SELECT jobid, jobname, schedule, command FROM cron.job;`);
    const schedules = Object.fromEntries(jobs.map(({ jobname, schedule }) => [jobname, schedule]));
    expect(schedules).toMatchObject({
      "refresh-issuer-stats-cache": "*/5 * * * *",
      "hourly-price-snapshot": "0 * * * *",
      "cleanup-old-queue-entries": "0 3 * * *",
    });
  });
});

describe("as the guide's user monitors it", () => {
  it("shows the history of cron jobs, once they ran", async () => {
    await vi.waitFor(
      async () =>
        expect(
          await query(`SELECT 
    jobid,
    runid,
    job_pid,
    database,
    username,
    command,
    status,
    return_message,
    start_time,
    end_time
FROM cron.job_run_details 
ORDER BY start_time DESC 
LIMIT 20;`),
        ).not.toEqual([]),
      patience,
    );
  });

  it("shows the queue's status", async () => {
    await place(1);
    const statuses = await query(`SELECT 
    status, 
    COUNT(*) as count,
    MIN(date) as oldest,
    MAX(date) as newest
FROM public.queue 
GROUP BY status;`);
    expect(statuses).toContainEqual(
      expect.objectContaining({ status: "completed", oldest: expect.any(Date) }),
    );
  });

  it("has pg_cron, the job that refreshes statistics, and a place for its runs", async () => {
    expect(await query(`SELECT * FROM pg_extension WHERE extname = 'pg_cron';`)).toHaveLength(1);
    expect(await query(`SELECT * FROM cron.job WHERE jobname = 'refresh-issuer-stats-cache';`)).toMatchObject(
      [{ active: true, command: "select public.refresh_issuer_stats_cache()" }],
    );
    const runs = await query(`SELECT * FROM cron.job_run_details 
WHERE jobid = (SELECT jobid FROM cron.job WHERE jobname = 'refresh-issuer-stats-cache')
ORDER BY start_time DESC 
LIMIT 5;`);
    expect(runs.filter(({ status }) => status === "failed")).toEqual([]);
  });

  it("runs the jobs by hand", async () => {
    await query(`-- Refresh stats cache manually
SELECT refresh_issuer_stats_cache();

-- Process all pending queue orders manually
SELECT process_all_pending_orders();`);
  });

  it("runs what pg_cron runs", async () => {
    for (const command of [
      "select public.record_hourly_prices()",
      "call public.cleanup_old_queue_entries('30 days')",
    ]) {
      expect(
        await query(`select from cron.job where command = '${command.replaceAll("'", "''")}'`),
      ).toHaveLength(1);
      await query(command);
    }
  });
});

it("processes a thousand orders of one statement, all of them and each once, without a call for each", async () => {
  const before = await platform.wakeUps("market");
  const ids = await place(1_000);
  await vi.waitFor(async () => expect(await statusesOf(ids)).toEqual({ completed: 1_000 }), patience);
  const [traded] = await platform.query<{ orders: number }>(
    "select count(*)::int as orders from public.trades where order_id = any ($1)",
    [ids],
  );
  expect(traded).toEqual({ orders: 1_000 });
  // The demo, the tick and other tests call as well.
  expect((await platform.wakeUps("market")) - before).toBeLessThan(20);
});

it("processes orders without its webhook, which can be switched off and on again", async () => {
  await query(`ALTER TABLE public.queue DISABLE TRIGGER "process-queue-webhook"`);
  try {
    const ids = await place(3);
    await vi.waitFor(async () => expect(await statusesOf(ids)).toEqual({ completed: 3 }), patience);
  } finally {
    await query(`ALTER TABLE public.queue ENABLE TRIGGER "process-queue-webhook"`);
  }
});

describe("from the command line", () => {
  it("processes all pending orders once, while the function is kept asleep", async () => {
    await query("select jobstack.pause_queue('market')");
    try {
      const ids = await place(450);
      expect(await platform.npm("process-queue:all")).toMatch(/\d+ orders processed/);
      expect(await statusesOf(ids)).toEqual({ completed: 450 });
    } finally {
      await query("select jobstack.resume_queue('market')");
    }
  });

  it("processes orders as they come, until it is told to stop", async () => {
    const processor = execaNode("tools/run.mjs", ["infra/local/cli/process-queue.ts", "continuous"], {
      cwd: projectRoot,
      env: platform.env,
      reject: false,
    });
    const lines = createInterface({ input: processor.stdout });
    await once(lines, "line");
    const ids = await place(5);
    await vi.waitFor(async () => expect(await statusesOf(ids)).toEqual({ completed: 5 }), patience);
    processor.kill("SIGINT");
    const { exitCode, stdout } = await processor;
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/Waiting for orders.*\n.*Stopped; \d+ orders? processed$/s),
    ]);
  });
});
