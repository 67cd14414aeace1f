import { beforeEach, describe, expect, it } from "vitest";
import {
  createTrigger,
  declareJobs,
  metrics,
  report,
  setClock,
  sleep,
  step,
  value,
  wakeCalls,
} from "./testing/queue-database.ts";
import { useQueueClient } from "./testing/use-queue-client.ts";

const { client } = useQueueClient();

const insertFor = (...times: (string | null)[]) =>
  client().query("insert into public.jobs (run_at) select unnest($1::timestamptz[])", [times]);

describe("a job for later", () => {
  beforeEach(async () => {
    await declareJobs(client(), { run_at_column: "run_at", backoff_base_seconds: 0 });
    await createTrigger(client(), { runAtColumn: "run_at" });
  });

  it("waits until its time and calls nobody before", async () => {
    await insertFor("2026-01-01T00:01:00Z");
    expect(await wakeCalls(client())).toBe(0);
    expect(await step(client(), 1, 10)).toEqual([]);
    expect(await sleep(client(), 1)).toBe(true);
    expect(await metrics(client())).toMatchObject({ ready: "0", scheduled: "1", enqueued_total: "1" });
    await setClock(client(), "2026-01-01T00:01:00Z");
    expect(await value(client(), "select jobstack.tick()")).toMatchObject({ promoted: 1, woken: 1 });
    expect(await step(client(), 1, 10)).toMatchObject([{ job_id: "1", attempt: 1 }]);
  });

  it("comes with jobs for now in one statement, which calls once for those", async () => {
    await insertFor("2026-01-01T00:00:40Z", null, "2025-12-31T00:00:00Z", "2026-01-01T00:00:30Z");
    expect(await wakeCalls(client())).toBe(1);
    expect((await step(client(), 1, 10)).map(({ job_id }) => job_id)).toEqual(["2", "3"]);
    await setClock(client(), "2026-01-01T00:00:50Z");
    expect((await step(client(), 1, 10)).map(({ job_id }) => job_id)).toEqual(["4", "1"]);
  });

  it("is tried again after a failure as any other, though its time has passed", async () => {
    await insertFor(null);
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    await step(client(), 1, 0, [report(claim, { outcome: "failed" })]);
    expect(await step(client(), 1, 1)).toMatchObject([{ attempt: 2 }]);
  });

  it("is kept for later by poll() too, when the trigger missed it", async () => {
    await client().query("alter table public.jobs disable trigger user");
    await insertFor("2026-01-01T00:01:00Z", null);
    await client().query("select jobstack.poll('mail')");
    expect(await metrics(client())).toMatchObject({ ready: "1", scheduled: "1", enqueued_total: "2" });
    await client().query("select jobstack.poll('mail')");
    expect(await metrics(client())).toMatchObject({ ready: "1", scheduled: "1", enqueued_total: "2" });
  });
});

describe("a job with a key", () => {
  const index = "create unique index on public.jobs (key) where status in ('pending', 'processing')";
  const insert = (...keys: (string | null)[]) =>
    client().query("insert into public.jobs (key) select unnest($1::text[]) on conflict do nothing", [keys]);

  it("is taken in once while it is open, by a plain insert, and again when it has ended", async () => {
    await declareJobs(client());
    await client().query(index);
    await client().query("select jobstack.declare_queue('mail', $1)", [
      { table: "public.jobs", key_column: "key" },
    ]);
    expect((await insert("a", "b", "a", null, null)).rowCount).toBe(4);
    expect((await insert("a")).rowCount).toBe(0);
    const claims = await step(client(), 1, 10);
    expect(claims).toHaveLength(4);
    expect((await insert("a")).rowCount).toBe(0);
    await step(
      client(),
      1,
      0,
      claims.map((claim) => report(claim, { outcome: "completed" })),
    );
    expect((await insert("a")).rowCount).toBe(1);
  });

  it("needs a unique index that holds for every open job", async () => {
    await declareJobs(client());
    const declare = () =>
      client().query("select jobstack.declare_queue('mail', $1)", [
        { table: "public.jobs", key_column: "key" },
      ]);
    const refused =
      "queue \"mail\": key_column \"key\" has no unique index that holds for every open job; create unique index on public.jobs (key) where status in ('pending', 'processing')";
    for (const [condition, fits] of [
      ["where status = 'pending'", false],
      ["where attempts = 0", false],
      ["where key is not null and status in ('pending', 'processing')", true],
      ["where status <> 'failed'", true],
      ["", true],
    ] as const) {
      await client().query(`create unique index by_key on public.jobs (key) ${condition}`);
      if (fits) await declare();
      else await expect(declare(), condition).rejects.toThrow(refused);
      await client().query("drop index public.by_key");
    }
    await client().query("create index on public.jobs (key)");
    await expect(declare()).rejects.toThrow(refused);
  });
});
