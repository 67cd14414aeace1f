import { increase, maxBy, quantile, rate, selected, sumBy } from "../selector.ts";

const queue = { queue: "$queue" } as const;
const byQueue = ["environment", "queue"] as const;

export const depth = sumBy([...byQueue, "status"], selected("jobs_depth", queue));
export const stuck = maxBy(byQueue, selected("jobs_stuck", queue));
export const paused = maxBy(byQueue, selected("jobs_paused", queue));
export const oldestReady = maxBy(byQueue, selected("jobs_oldest_ready_age_seconds", queue));
export const oldestProcessing = maxBy(byQueue, selected("jobs_oldest_processing_age_seconds", queue));
export const enqueued = sumBy(byQueue, rate(selected("jobs_enqueued_total", queue)));
export const finished = sumBy([...byQueue, "outcome"], rate(selected("jobs_finished_total", queue)));
export const failedShare = `${sumBy(byQueue, rate(selected("jobs_finished_total", { ...queue, outcome: "failed" })))} / ${sumBy(byQueue, rate(selected("jobs_finished_total", queue)))}`;
export const deadLettered = sumBy(
  byQueue,
  increase(selected("jobs_finished_total", { ...queue, outcome: "failed" })),
);
export const retried = sumBy(byQueue, increase(selected("jobs_retried_total", queue)));
export const leasesExpired = sumBy(byQueue, increase(selected("jobs_lease_expired_total", queue)));
export const attempts = `${sumBy(byQueue, rate(selected("jobs_attempts_sum", queue)))} / ${sumBy(byQueue, rate(selected("jobs_attempts_count", queue)))}`;
export const workers = sumBy([...byQueue, "state"], selected("jobs_workers", queue));
export const timesObserved = maxBy(byQueue, selected("jobs_times_observed", queue));

export function wait(q: number): string {
  return quantile(q, byQueue, selected("jobs_wait_seconds_bucket", queue));
}

export function run(q: number): string {
  return quantile(q, [...byQueue, "outcome"], selected("jobs_run_seconds_bucket", queue));
}

/** Number of jobs by status, of the queues that are chosen. */
export function depthOf(status: "ready" | "scheduled" | "processing"): string {
  return sumBy(byQueue, selected("jobs_depth", { ...queue, status }));
}

/** For all queues, where no variable chooses one. */
export const all = {
  depthOf: (status: "ready" | "scheduled" | "processing") =>
    sumBy(byQueue, selected("jobs_depth", { status })),
  stuck: maxBy(byQueue, selected("jobs_stuck")),
  paused: maxBy(byQueue, selected("jobs_paused")),
  oldestReady: maxBy(byQueue, selected("jobs_oldest_ready_age_seconds")),
  enqueued: sumBy(byQueue, rate(selected("jobs_enqueued_total"))),
  finished: sumBy([...byQueue, "outcome"], rate(selected("jobs_finished_total"))),
  failedShare: `${sumBy(byQueue, rate(selected("jobs_finished_total", { outcome: "failed" })))} / ${sumBy(byQueue, rate(selected("jobs_finished_total")))}`,
  wait: quantile(0.95, byQueue, selected("jobs_wait_seconds_bucket")),
  run: quantile(0.95, byQueue, selected("jobs_run_seconds_bucket")),
};

export const ticked = maxBy(["environment"], selected("jobs_tick_last_run_timestamp_seconds"));
export const ownAlerts = maxBy(["environment", "alert"], selected("jobs_alert_firing"));
export const ownAlertMessages = maxBy(["environment", "alert"], selected("jobs_alert_messages_waiting"));
