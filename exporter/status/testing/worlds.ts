import type { Snapshot } from "../../collection.ts";
import { cronJobSamples } from "../../collectors/cron-jobs.ts";
import { cronSchedulerSamples } from "../../collectors/cron-scheduler.ts";
import { queueSamples } from "../../collectors/queues.ts";
import { type Sample, sample } from "../../sample.ts";
import { queueRow } from "../../testing/queue-row.ts";

/** What an exporter might have read. Unix time in milliseconds. */
export const worldTime = Date.parse("2026-05-04T10:30:12Z");
const now = worldTime / 1000;

const collectorNames = [
  "cron_jobs",
  "cron_runs",
  "cron_scheduler",
  "queues",
  "finished_jobs",
  "upkeep",
  "pg_net",
];

/** What the exporter says of itself: these collectors fail, the others work. */
export function selfReadings(failing: readonly string[] = []): Sample[] {
  return [
    ...sample("jobstack_exporter_database_up", {}, true),
    ...collectorNames.flatMap((collector) => [
      ...sample("jobstack_exporter_collector_success", { collector }, !failing.includes(collector)),
      ...sample("jobstack_exporter_collector_skipped", { collector }, false),
    ]),
  ];
}

export function snapshot(samples: readonly Sample[], more: Partial<Snapshot> = {}): Snapshot {
  return { at: worldTime - 3000, databaseUp: true, failures: [], samples, ...more };
}

export interface TestCronJob {
  name: string;
  schedule: string;
  active?: boolean;
  /** Of the newest run. */
  status?: "running" | "succeeded" | "failed";
  /** Seconds since the newest finished run ended, and how long it took. */
  ago?: number;
  took?: number;
  /** Seconds until the next. */
  next?: number;
  interval?: number;
  failures?: number;
  missed?: number;
  /** Seconds since the run that is under way began. */
  openFor?: number;
}

export function cronReadings(jobs: readonly TestCronJob[]): Sample[] {
  const rows = jobs.map(({ name, schedule, active = true }, index) => ({
    jobid: index + 1,
    job_name: name,
    schedule,
    database: "postgres",
    username: "postgres",
    active,
  }));
  return [...cronJobSamples(rows), ...jobs.flatMap(runReadings)];
}

function runReadings(job: TestCronJob): Sample[] {
  const { name, active = true, status = "succeeded", ago = 20, took = 0.4, next = 40, interval = 60 } = job;
  const labels = { job_name: name, database: "postgres" };
  const failures = job.failures ?? 0;
  return [
    ...(["starting", "running", "succeeded", "failed"] as const).flatMap((one) =>
      sample("pg_cron_job_last_run_status", { ...labels, status: one }, one === status),
    ),
    ...sample("pg_cron_job_last_run_start_timestamp_seconds", labels, now - ago - took),
    ...sample("pg_cron_job_last_run_end_timestamp_seconds", labels, now - ago),
    ...sample("pg_cron_job_last_run_duration_seconds", labels, took),
    ...sample("pg_cron_job_last_success_timestamp_seconds", labels, now - ago - failures * interval),
    ...sample("pg_cron_job_next_run_timestamp_seconds", labels, active ? now + next : null),
    ...sample("pg_cron_job_schedule_interval_seconds", labels, active ? interval : null),
    ...sample("pg_cron_job_consecutive_failures", labels, failures),
    ...sample("pg_cron_job_missed_runs_total", labels, job.missed ?? 0),
    ...sample(
      "pg_cron_job_open_run_start_timestamp_seconds",
      labels,
      job.openFor === undefined ? null : now - job.openFor,
    ),
  ];
}

const upkeep: Sample[] = [
  ...sample("jobs_tick_last_run_timestamp_seconds", {}, now - 4),
  ...sample("jobs_workers", { queue: "story", state: "awake" }, 2),
  ...sample("pg_net_worker_up", {}, true),
  ...sample("pg_net_queue_length", {}, 0),
  ...sample("pg_net_call_consecutive_failures", { source: "schedule", name: "process-flashcard-jobs" }, 0),
  ...cronSchedulerSamples({
    launcher_up: true,
    log_run: true,
    max_running_jobs: 32,
    history_rows: 12_000,
    history_bytes: 4_000_000,
    history_oldest: now - 600_000,
  }),
  ...sample("pg_cron_running_jobs", {}, 1),
];

const healthyCronJobs: TestCronJob[] = [
  { name: "jobstack-tick", schedule: "10 seconds", ago: 4, took: 0.012, next: 6, interval: 10 },
  { name: "job-worker-poll", schedule: "30 seconds", ago: 14, took: 0.006, next: 16, interval: 30 },
  { name: "nightly-report", schedule: "15 3 * * *", ago: 26_000, took: 412, next: 60_300, interval: 86_400 },
  { name: "process-flashcard-jobs", schedule: "* * * * *", ago: 12, took: 0.02, next: 48 },
  { name: "cleanup-old-queue-entries", schedule: "0 4 * * *", active: false, ago: 800_000, took: 3.1 },
];

const story = { queue: "story", enqueued_total: 184_220, completed_total: 184_050, wake_sent_total: 901 };

/** Everything works, and something is going on. */
export const healthy: Snapshot = snapshot([
  ...selfReadings(),
  ...upkeep,
  ...queueSamples(
    queueRow({
      ...story,
      ready: 148,
      processing: 20,
      oldest_ready_age: 1.8,
      oldest_processing_age: 0.9,
      scheduled: 2,
      failed_total: 3,
    }),
  ),
  ...queueSamples(
    queueRow({ queue: "flashcards", processing: 1, oldest_processing_age: 6.2, completed_total: 9120 }),
  ),
  ...queueSamples(queueRow({ queue: "packs", completed_total: 212 })),
  ...queueSamples(queueRow({ queue: "market", scheduled: 4, completed_total: 1377, failed_total: 12 })),
  ...cronReadings(healthyCronJobs),
]);

/** Jobs hang, wait and fail, cron jobs fail, a worker is gone. */
export const troubled: Snapshot = snapshot(
  [
    ...selfReadings(["finished_jobs"]),
    ...upkeep.filter(({ name }) => name !== "pg_net_worker_up" && name !== "pg_net_queue_length"),
    ...sample("pg_net_worker_up", {}, false),
    ...sample("pg_net_queue_length", {}, 431),
    ...sample("pg_net_call_consecutive_failures", { source: "wakeup", name: "packs" }, 7),
    ...queueSamples(
      queueRow({
        ...story,
        ready: 12_480,
        processing: 20,
        stuck: 3,
        oldest_ready_age: 1270,
        oldest_processing_age: 2890,
        scheduled: 212,
        failed_total: 41,
      }),
    ),
    ...queueSamples(queueRow({ queue: "flashcards", ready: 3, oldest_ready_age: 410, paused: true })),
    ...queueSamples(
      queueRow({ queue: "market", ready: 4, oldest_ready_age: 322, completed_total: 1377, failed_total: 12 }),
    ),
    ...queueSamples(queueRow({ queue: "packs", completed_total: 212 })),
    ...cronReadings([
      ...healthyCronJobs,
      {
        name: "sync-customers",
        schedule: "*/5 * * * *",
        status: "failed",
        ago: 130,
        took: 61,
        next: 170,
        interval: 300,
        failures: 4,
      },
      {
        name: "refresh-materialized-views-of-the-reporting-schema",
        schedule: "*/10 * * * *",
        status: "failed",
        ago: 60,
        took: 2.2,
        next: 540,
        interval: 600,
        failures: 1,
        missed: 6,
      },
      {
        name: "archive",
        schedule: "0 2 * * 0",
        status: "running",
        ago: 9_000,
        openFor: 8_040,
        took: 1200,
        interval: 604_800,
      },
    ]),
  ],
  { failures: [{ collector: "finished_jobs", reason: "timeout" }] },
);

/** The database does not answer. */
export const down: Snapshot = snapshot(sample("jobstack_exporter_database_up", {}, false), {
  databaseUp: false,
  failures: collectorNames.map((collector) => ({ collector, reason: "connection" as const })),
});
