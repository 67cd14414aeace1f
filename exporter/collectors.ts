import type { Collector } from "./collector.ts";
import { cronJobs } from "./collectors/cron-jobs.ts";
import { cronRuns } from "./collectors/cron-runs.ts";
import { cronScheduler } from "./collectors/cron-scheduler.ts";
import { finishedJobs } from "./collectors/finished-jobs.ts";
import { jobTableCollector } from "./collectors/job-table.ts";
import { pgNet } from "./collectors/pg-net.ts";
import { queues } from "./collectors/queues.ts";
import { upkeep } from "./collectors/upkeep.ts";
import type { JobTable } from "./job-table.ts";

/** All collectors; a new one is one file in `collectors/`, its metrics in the catalogue, and one line here. */
export const collectors: readonly Collector[] = [
  cronJobs,
  cronRuns,
  cronScheduler,
  queues,
  finishedJobs,
  upkeep,
  pgNet,
];

/** Those of one database: all, and one for each job table that its configuration describes. */
export function collectorsFor(jobTables: readonly JobTable[]): readonly Collector[] {
  return [...collectors, ...jobTables.map(jobTableCollector)];
}
