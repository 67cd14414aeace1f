import { describe, expect, it } from "vitest";
import { Collection } from "./collection.ts";
import type { Collector } from "./collector.ts";
import { mostSamples } from "./collector-status.ts";
import { queueSamples, queues } from "./collectors/queues.ts";
import { ConnectionError, type Database } from "./database.ts";
import { sample } from "./sample.ts";
import { fakeDatabase, sqlError } from "./testing/fake-database.ts";
import { queueRow } from "./testing/queue-row.ts";

const budgetMs = 1000;
const row = queueRow({ ready: 1 });

function collectionOf(database: Database, collectors: readonly Collector[] = [queues]) {
  const logged: string[] = [];
  const clock = { now: 1_000_000 };
  const collection = new Collection({
    database,
    collectors,
    version: "1.2.3",
    log: (event, fields) => logged.push([event, fields?.collector, fields?.reason].filter(Boolean).join(" ")),
    now: () => clock.now,
  });
  /** Values by "metric" or "metric label-values". */
  const values = async () => {
    const { samples } = await collection.collect(budgetMs);
    return new Map(
      samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(" "), value]),
    );
  };
  return { collection, values, logged, clock };
}

function world() {
  const rows: { current: object[] | Error } = { current: [row] };
  const database = fakeDatabase({ "metrics_queue()": () => rows.current });
  return { rows, database };
}

/** A collector that works; tests replace what matters to them. */
function collectorOf(parts: Partial<Collector>): Collector {
  const collect = async () => ({ samples: sample("pg_net_worker_up", {}, 1) });
  const limits = { timeoutMs: 1000, minIntervalMs: 0 };
  return {
    name: "pg_net",
    metrics: ["pg_net_worker_up"],
    predicate: "",
    queue: null,
    keepsState: false,
    ...limits,
    collect,
    ...parts,
  };
}

const success = "jobstack_exporter_collector_success queues";
const series = "jobs_depth mail ready";

describe("a collector that fails", () => {
  it("drops its series and says so, and brings them back", async () => {
    const { rows, database } = world();
    const { values, clock, logged } = collectionOf(database);
    expect((await values()).get(series)).toBe(1);
    rows.current = sqlError("42501");
    clock.now += 1000;
    const failed = await values();
    expect(failed.has(series)).toBe(false);
    expect(failed.get(success)).toBe(0);
    expect(failed.get("jobstack_exporter_collector_errors_total queues permission")).toBe(1);
    expect(failed.get("jobstack_exporter_collector_errors_total queues timeout")).toBe(0);
    rows.current = [row];
    const back = await values();
    expect(back.get(series)).toBe(1);
    expect(back.get(success)).toBe(1);
    expect(logged).toEqual(["collector failed queues permission", "collector is back queues"]);
  });

  it("leaves the others alone", async () => {
    const { rows, database } = world();
    rows.current = new Error("boom");
    const shown = await collectionOf(database, [queues, collectorOf({})]).values();
    expect(shown.get("pg_net_worker_up")).toBe(1);
    expect(shown.get("jobstack_exporter_collector_success pg_net")).toBe(1);
    expect(shown.get("jobstack_exporter_collector_errors_total queues query")).toBe(1);
  });

  it("keeps when it last succeeded", async () => {
    const { rows, database } = world();
    const { values, clock } = collectionOf(database);
    await values();
    rows.current = sqlError("57014");
    clock.now += 60_000;
    expect((await values()).get("jobstack_exporter_collector_last_success_timestamp_seconds queues")).toBe(
      1000,
    );
  });

  it("fails when it gives a series twice, rather than spoiling the whole scrape", async () => {
    const { rows, database } = world();
    rows.current = [row, row];
    const shown = await collectionOf(database).values();
    expect(shown.get(success)).toBe(0);
    expect(shown.has(series)).toBe(false);
  });

  it("fails when it takes longer than its scrape, and its state is not kept", async () => {
    const saved: unknown[] = [];
    const database = fakeDatabase({
      "metrics_load_state(": [],
      "metrics_save_state(": (values) => {
        saved.push(values);
        return [{ version: 1 }];
      },
    });
    const late = collectorOf({ keepsState: true, collect: () => new Promise(() => undefined) });
    const { collection } = collectionOf(database, [late]);
    const { samples } = await collection.collect(20);
    await collection.close();
    expect(samples).toContainEqual({
      name: "jobstack_exporter_collector_errors_total",
      labels: { collector: "pg_net", reason: "timeout" },
      value: 1,
    });
    expect(saved).toEqual([]);
  });
});

describe("cadence", () => {
  it("keeps the samples of a collector until its interval is over", async () => {
    const { rows, database } = world();
    const { values, clock } = collectionOf(database);
    await values();
    rows.current = [queueRow({ ready: 2 })];
    clock.now += queues.minIntervalMs - 1;
    const reused = await values();
    expect(reused.get(series)).toBe(1);
    expect(reused.get("jobstack_exporter_collector_reused_total queues")).toBe(1);
    clock.now += 1;
    expect((await values()).get(series)).toBe(2);
  });

  it("skips a collector that has nothing to observe, without an error", async () => {
    const database = fakeDatabase({});
    const absent: Database = {
      ...database,
      read: (limits, work) => database.read(limits, () => work(async () => [])),
    };
    const shown = await collectionOf(absent).values();
    expect(shown.get("jobstack_exporter_collector_skipped queues")).toBe(1);
    expect(shown.has(success)).toBe(false);
    expect(shown.get("jobstack_exporter_collector_errors_total queues missing_extension")).toBe(0);
  });
});

describe("scrapes at the same time", () => {
  it("share one collection", async () => {
    const { database } = world();
    const { collection } = collectionOf(database);
    const snapshots = await Promise.all(Array.from({ length: 20 }, () => collection.collect(budgetMs)));
    expect(new Set(snapshots).size).toBe(1);
    // One to see whether the database answers, one for the collector.
    expect(database.transactions).toBe(2);
    const [snapshot] = snapshots;
    const count = (metric: string) => snapshot?.samples.find(({ name }) => name === metric)?.value;
    expect(count("jobstack_exporter_collections_total")).toBe(1);
    expect(count("jobstack_exporter_scrapes_total")).toBe(20);
  });

  it("do not share with one that has ended", async () => {
    const { database } = world();
    const { collection, values } = collectionOf(database);
    await collection.collect(budgetMs);
    expect((await values()).get("jobstack_exporter_collections_total")).toBe(2);
  });
});

describe("a database that does not answer", () => {
  function downWorld() {
    const { database } = world();
    const state = { down: true };
    const read: Database["read"] = (limits, work) =>
      state.down ? Promise.reject(new ConnectionError("down")) : database.read(limits, work);
    return { state, ...collectionOf({ ...database, read }) };
  }

  it("leaves only the exporter's own series", async () => {
    const { values } = downWorld();
    const shown = await values();
    expect(shown.get("jobstack_exporter_database_up")).toBe(0);
    expect([...shown.keys()].filter((name) => !name.startsWith("jobstack_exporter_"))).toEqual([]);
    expect(shown.get("jobstack_exporter_collector_errors_total queues connection")).toBe(1);
  });

  it("is seen when it is back, and logged once each way", async () => {
    const { state, values, logged } = downWorld();
    await values();
    await values();
    state.down = false;
    const shown = await values();
    expect(shown.get("jobstack_exporter_database_up")).toBe(1);
    expect(shown.get(series)).toBe(1);
    expect(logged).toEqual(["database does not answer", "database is back", "collector is back queues"]);
  });

  it("makes the exporter not ready, without a collection", async () => {
    const { collection, state } = downWorld();
    expect(await collection.inContact(1000)).toBe(false);
    state.down = false;
    expect(await collection.inContact(1000)).toBe(true);
    state.down = true;
    expect(await collection.inContact(1000)).toBe(true);
  });
});

it("shows at most so many samples of a collector, and counts the others", async () => {
  const rows = Array.from({ length: 2000 }, (_, index) => queueRow({ queue: `q${index}` }));
  const { collection } = collectionOf(fakeDatabase({ "metrics_queue()": rows }));
  const { samples } = await collection.collect(budgetMs);
  const own = samples.filter(({ name }) => name.startsWith("jobs_"));
  const dropped = samples.find(({ name }) => name === "jobstack_exporter_collector_samples_dropped_total");
  expect(own).toHaveLength(mostSamples);
  expect(dropped?.value).toBe(queueSamples(queueRow()).length * rows.length - mostSamples);
  expect(dropped?.value).toBeGreaterThan(0);
});

it("refuses to start with collectors that do not fit the catalogue", () => {
  const { database } = world();
  expect(
    () => new Collection({ database, collectors: [queues, queues], version: "1", log: () => undefined }),
  ).toThrow('collector "queues": defined twice; rename one');
});
