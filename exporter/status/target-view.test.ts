import { describe, expect, it } from "vitest";
import { queueSamples } from "../collectors/queues.ts";
import { sample } from "../sample.ts";
import { queueRow } from "../testing/queue-row.ts";
import { History } from "./history.ts";
import { targetView } from "./target-view.ts";
import {
  cronReadings,
  down,
  healthy,
  selfReadings,
  snapshot,
  troubled,
  worldTime,
} from "./testing/worlds.ts";

const labels = { environment: "staging" };
const now = worldTime / 1000;

const view = (latest: typeof healthy | null, history = new History()) =>
  targetView({ labels, snapshot: latest, history, alerts: null, now });
const found = (latest: typeof healthy) =>
  view(latest).problems.map(({ name, detail }) => `${name} ${detail}`);

describe("thresholds", () => {
  it("are not crossed while all is well", () => {
    expect(found(healthy)).toEqual([]);
    expect(view(healthy).state).toEqual({ level: "well", sentence: "All is well" });
  });

  it("that are crossed are named as their alerts, critical ones first", () => {
    expect(found(troubled)).toEqual([
      "CronJobFailing sync-customers: 4 failures in a row",
      "CronJobNotSucceeding sync-customers: last succeeded 22 min ago",
      "JobsQueueStalled story: the oldest for 21 min",
      "JobsStuck story: 3 jobs",
      "PgNetWorkerDown ",
      "CronJobLastRunFailed refresh-materialized-views-of-the-reporting-schema: 1 failure in a row",
      "CronRunStuck archive: for 2 h 14 min",
      "FunctionCallsFailing wakeup packs: 7 failures in a row",
      "JobsQueueOldestTooOld market: the oldest for 5 min",
      "JobstackCollectorFailing finished_jobs",
    ]);
  });

  it("are not crossed by a cron job that is off", () => {
    const job = { name: "off", schedule: "* * * * *", active: false, status: "failed", failures: 9 } as const;
    expect(found(snapshot([...selfReadings(), ...cronReadings([job])]))).toEqual([]);
  });

  it("of the scheduler, its records, its history and the tick are looked at", () => {
    const samples = [
      ...sample("pg_cron_scheduler_up", {}, false),
      ...sample("pg_cron_log_run_enabled", {}, false),
      ...sample("pg_cron_run_history_size_bytes", {}, 3 * 2 ** 30),
      ...sample("jobs_tick_last_run_timestamp_seconds", {}, now - 600),
      ...sample("pg_net_queue_head_unchanged_seconds", {}, 500),
    ];
    expect(found(snapshot(samples)).map((text) => text.split(" ")[0])).toEqual([
      "CronSchedulerDown",
      "JobsTickStale",
      "CronHistoryLarge",
      "CronRunsNotRecorded",
      "PgNetQueueStandsStill",
    ]);
  });

  it("of what is counted are crossed only by what came lately", () => {
    const key = JSON.stringify(["jobs_finished_total", ["outcome", "failed"], ["queue", "mail"]]);
    const latest = snapshot([...selfReadings(), ...queueSamples(queueRow({ failed_total: 9 }))]);
    const history = (series: number[]) => new History(new Map([[key, series]]));
    expect(view(latest, history([7, 9])).problems).toMatchObject([
      { name: "JobsDeadLettered", detail: "mail: 2 jobs in the last 15m" },
    ]);
    expect(view(latest, history([7, ...Array<number>(30).fill(9)])).problems).toEqual([]);
  });
});

describe("what is not known", () => {
  it("is nothing before the first snapshot", () => {
    expect(view(null)).toMatchObject({ at: null, databaseUp: null, queues: [], cronJobs: [] });
    expect(view(null).state.sentence).toBe("Nothing is known yet");
  });

  it("is null in a row, and never 0", () => {
    const row = queueRow({ scheduled: null, processing: null, stuck: null, failed_total: null });
    const [queue] = view(snapshot([...selfReadings(), ...queueSamples(row)])).queues;
    expect(queue).toMatchObject({
      waiting: 0,
      scheduled: null,
      running: null,
      stuck: null,
      deadLetters: null,
      deadLettersLately: null,
      perMinute: null,
    });
  });

  it("of a database that does not answer is everything but that", () => {
    expect(view(down).state).toEqual({ level: "critical", sentence: "The database does not answer" });
    expect(view(down).problems).toEqual([]);
  });
});

it("shows queues and cron jobs with trouble first, and those that are off last", () => {
  expect(view(troubled).queues.map(({ name }) => name)).toEqual(["story", "market", "flashcards", "packs"]);
  expect(
    view(troubled)
      .cronJobs.map(({ name }) => name)
      .slice(0, 2),
  ).toEqual(["refresh-materialized-views-of-the-reporting-schema", "sync-customers"]);
  expect(view(troubled).cronJobs.at(-1)?.name).toBe("cleanup-old-queue-entries");
});

it("names a target by its environment and project", () => {
  const { name } = targetView({
    labels: { environment: "staging", project: "shop" },
    snapshot: null,
    history: new History(),
    alerts: null,
    now,
  });
  expect(name).toBe("staging / shop");
});
