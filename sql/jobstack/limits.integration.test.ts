import { describe, expect, it } from "vitest";
import {
  type Claim,
  declareJobs,
  insertJobs,
  metrics,
  report,
  setClock,
  sleep,
  step,
  value,
} from "./testing/queue-database.ts";
import { useQueueClient } from "./testing/use-queue-client.ts";

const { database, client } = useQueueClient();

const at = (second: number) => setClock(client(), new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString());
const complete = (claims: readonly Claim[], want = 0, worker = 1) =>
  step(
    client(),
    worker,
    want,
    claims.map((claim) => report(claim, { outcome: "completed" })),
  );
const ids = (claims: readonly Claim[]) => claims.map(({ job_id }) => job_id);

describe("a limit of jobs that run at once", () => {
  it("holds over all workers, and each end makes room", async () => {
    await declareJobs(client(), { max_running: 3 });
    await insertJobs(client(), 10);
    const first = await step(client(), 1, 2);
    expect(await step(client(), 2, 5)).toHaveLength(1);
    expect(await step(client(), 3, 5)).toEqual([]);
    expect(await complete(first.slice(0, 1), 5)).toHaveLength(1);
  });

  it("lets a worker sleep while it is reached, and has the tick call one when there is room", async () => {
    await declareJobs(client(), { max_running: 1 });
    await insertJobs(client(), 2);
    const held = await step(client(), 1, 1);
    expect(await sleep(client(), 2)).toBe(true);
    expect(await value(client(), "select jobstack.await_job('mail', 0)")).toBe(false);
    await client().query("delete from jobstack.worker");
    expect(await value(client(), "select jobstack.tick()")).toMatchObject({ woken: 0 });
    await complete(held);
    expect(await sleep(client(), 2)).toBe(false);
    expect(await value(client(), "select jobstack.tick()")).toMatchObject({ woken: 1 });
  });

  it("frees the places of a worker that died", async () => {
    await declareJobs(client(), { max_running: 2, lease_seconds: 10, backoff_base_seconds: 60 });
    await insertJobs(client(), 4);
    await step(client(), 1, 2);
    await at(11);
    expect(ids(await step(client(), 2, 5))).toEqual(["3", "4"]);
  });

  it("is not exceeded by workers that claim at the same time", async () => {
    await declareJobs(database().pool, { max_running: 7 });
    await insertJobs(database().pool, 100);
    const claims = await Promise.all([1, 2, 3, 4].map((worker) => step(database().pool, worker, 5)));
    expect(claims.flat()).toHaveLength(7);
  });
});

describe("a limit of starts in a period", () => {
  const audio = { jobs: 1, seconds: 30, column: "payload", value: "audio" };
  const insert = (...payloads: string[]) =>
    client().query("insert into public.jobs (payload) select unnest($1::text[])", [payloads]);

  it("lets the jobs it is about start one after the other, and holds up no other", async () => {
    await declareJobs(client(), { rate_limits: [audio] });
    await insert("audio", "audio", "text", "audio", "text");
    expect(ids(await step(client(), 1, 5))).toEqual(["1", "3", "5"]);
    expect(await metrics(client())).toMatchObject({ ready: "0", scheduled: "2", processing: "3" });
    expect(await sleep(client(), 1)).toBe(true);
    await at(29);
    expect(await step(client(), 1, 5)).toEqual([]);
    await at(30);
    expect(ids(await step(client(), 1, 5))).toEqual(["2"]);
    await at(59);
    expect(await step(client(), 1, 5)).toEqual([]);
    await at(60);
    expect(ids(await step(client(), 1, 5))).toEqual(["4"]);
  });

  it("finds the next other job behind many that must wait, though the worker wants one", async () => {
    await declareJobs(client(), { rate_limits: [audio] });
    await insert(...Array.from({ length: 50 }, () => "audio"), "text");
    expect(ids(await step(client(), 1, 1))).toEqual(["1"]);
    expect(ids(await step(client(), 1, 1))).toEqual(["51"]);
  });

  it("counts real starts: who comes late starts late, and no two at once", async () => {
    await declareJobs(client(), { rate_limits: [audio] });
    await insert("audio", "audio", "audio");
    await step(client(), 1, 5);
    await at(300);
    expect(ids(await step(client(), 1, 5))).toEqual(["2"]);
    await at(329);
    expect(await step(client(), 1, 5)).toEqual([]);
    await at(330);
    expect(ids(await step(client(), 1, 5))).toEqual(["3"]);
  });

  it("may be about all jobs, and several hold together", async () => {
    await declareJobs(client(), { rate_limits: [{ jobs: 3, seconds: 10 }, { jobs: 4, seconds: 60 }, audio] });
    await insert("audio", "audio", "text", "text", "text", "text");
    expect(ids(await step(client(), 1, 10))).toEqual(["1", "3", "4"]);
    await at(10);
    expect(await step(client(), 1, 10)).toHaveLength(1);
    await at(59);
    expect(await step(client(), 1, 10)).toEqual([]);
    await at(60);
    expect(await step(client(), 1, 10)).toHaveLength(2);
  });

  it("counts another attempt as another start", async () => {
    await declareJobs(client(), { rate_limits: [audio], backoff_base_seconds: 0 });
    await insert("audio");
    const [claim] = await step(client(), 1, 1);
    if (claim === undefined) throw new Error("nothing was claimed");
    expect(await step(client(), 1, 1, [report(claim, { outcome: "failed" })])).toEqual([]);
    await at(30);
    expect(await step(client(), 1, 1)).toMatchObject([{ job_id: "1", attempt: 2 }]);
  });

  it("keeps its count when the limit is changed, and forgets it with the queue", async () => {
    await declareJobs(client(), { rate_limits: [audio] });
    await insert("audio", "audio", "audio");
    await step(client(), 1, 1);
    await client().query("select jobstack.declare_queue('mail', $1)", [
      { table: "public.jobs", rate_limits: [{ ...audio, jobs: 2 }] },
    ]);
    expect(await step(client(), 1, 5)).toHaveLength(1);
    await client().query("select jobstack.remove_queue('mail')");
    expect(await value(client(), "select count(*)::int from jobstack.rate")).toBe(0);
  });

  it("is not exceeded by workers that claim at the same time", async () => {
    await declareJobs(database().pool, { rate_limits: [{ jobs: 7, seconds: 3600 }] });
    await insertJobs(database().pool, 100);
    const claims = await Promise.all([1, 2, 3, 4].map((worker) => step(database().pool, worker, 5)));
    expect(claims.flat()).toHaveLength(7);
    expect(await metrics(database().pool)).toMatchObject({ processing: "7" });
  });
});

it("every mistake in the limits is named in one error", async () => {
  await client().query("create table public.plain (id int primary key, status text)");
  const declare = (rate_limits: unknown) =>
    client().query("select jobstack.declare_queue('q', $1)", [
      JSON.stringify({ table: "public.plain", rate_limits }),
    ]);
  await expect(
    declare([
      { jobs: 0, seconds: "x", per: 1 },
      { jobs: 1, seconds: 1, column: "kind", value: "a" },
      { jobs: 1, seconds: 1, column: "status" },
      5,
    ]),
  ).rejects.toThrow(
    [
      "rate_limits[0].per is not a key of a limit; the keys are jobs, seconds, column, value",
      "rate_limits[0].jobs is 0; write an integer from 1 to 1000",
      'rate_limits[0].seconds is "x"; write an integer from 1 to 604800',
      'rate_limits[1].column "kind" is not a column of the table; write one that is',
      "rate_limits[2] has one of column and value; write both, or neither for all jobs",
      "rate_limits[3] is 5; write an object with jobs and seconds",
    ]
      .map((problem) => `queue "q": ${problem}`)
      .join("\n"),
  );
  await expect(declare("often")).rejects.toThrow(
    'rate_limits is "often"; write a list of limits, or leave it out',
  );
});
