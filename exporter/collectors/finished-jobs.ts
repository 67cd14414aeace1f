import { defineCollector } from "../collector.ts";
import {
  attemptBuckets,
  type FinishedJobsRow,
  finishedJobsState,
  foldFinishedJobs,
  resumeFinishedJobs,
  runBuckets,
  type TimedQueueRow,
  waitBuckets,
} from "../finished-jobs-state.ts";
import { jobTimesSamples } from "../job-times-samples.ts";
import { sample } from "../sample.ts";

/** Most jobs of a queue observed at once; what is beyond is observed next time. */
const batch = 20_000;

/** How long jobs waited and ran, and how many attempts they took: each observed once, when it has finished. */
export const finishedJobs = defineCollector({
  name: "finished_jobs",
  metrics: ["jobs_times_observed", "jobs_wait_seconds", "jobs_run_seconds", "jobs_attempts"],
  predicate: "to_regclass('jobstack.queue') is not null",
  timeoutMs: 3000,
  minIntervalMs: 4000,
  state: finishedJobsState,
  async collect({ query, state }) {
    const queues = await query<TimedQueueRow>("select * from jobstack.metrics_timed_queues()");
    const start = resumeFinishedJobs(state, queues);
    const after = Object.fromEntries(
      Object.entries(start).map(([queue, { countedUntilUs }]) => [queue, countedUntilUs]),
    );
    const rows = await query<FinishedJobsRow>(
      "select * from jobstack.metrics_finished_jobs($1, $2, $3, $4, $5)",
      [JSON.stringify(after), waitBuckets, runBuckets, attemptBuckets, batch],
    );
    const next = foldFinishedJobs(start, rows);
    return {
      samples: [
        ...queues.flatMap(({ queue, timed }) => sample("jobs_times_observed", { queue }, timed)),
        ...Object.entries(next).flatMap(([queue, times]) => jobTimesSamples(queue, times)),
      ],
      state: next,
    };
  },
});
