import { increase, maxBy, quantile, rate, selected, sumBy } from "../selector.ts";

const queue = { queue: "$queue" } as const;
const byQueue = ["environment", "queue"] as const;

/** Of the queues that the variable chooses. */
export const { depthOf, stuck, paused, oldestReady, enqueued, finished, failedShare, wakeups, wait } =
  ofQueues(queue);
export const depth = sumBy([...byQueue, "status"], selected("jobs_depth", queue));
export const oldestProcessing = maxBy(byQueue, selected("jobs_oldest_processing_age_seconds", queue));
export const deadLettered = sumBy(
  byQueue,
  increase(selected("jobs_finished_total", { ...queue, outcome: "failed" })),
);
export const retried = sumBy(byQueue, increase(selected("jobs_retried_total", queue)));
export const leasesExpired = sumBy(byQueue, increase(selected("jobs_lease_expired_total", queue)));
export const attempts = `${sumBy(byQueue, rate(selected("jobs_attempts_sum", queue)))} / ${sumBy(byQueue, rate(selected("jobs_attempts_count", queue)))}`;
export const workers = sumBy([...byQueue, "state"], selected("jobs_workers", queue));
export const timesObserved = maxBy(byQueue, selected("jobs_times_observed", queue));

export function run(q: number): string {
  return quantile(q, [...byQueue, "outcome"], selected("jobs_run_seconds_bucket", queue));
}

/** Of all queues, where no variable chooses one. */
export const all = {
  ...ofQueues({}),
  run: quantile(0.95, byQueue, selected("jobs_run_seconds_bucket")),
};

/** What is asked of chosen queues and of all. */
function ofQueues(chosen: { queue?: "$queue" }) {
  const finishedPerSecond = rate(selected("jobs_finished_total", chosen));
  const failedPerSecond = rate(selected("jobs_finished_total", { ...chosen, outcome: "failed" }));
  return {
    depthOf: (status: "ready" | "scheduled" | "processing") =>
      sumBy(byQueue, selected("jobs_depth", { ...chosen, status })),
    stuck: maxBy(byQueue, selected("jobs_stuck", chosen)),
    paused: maxBy(byQueue, selected("jobs_paused", chosen)),
    oldestReady: maxBy(byQueue, selected("jobs_oldest_ready_age_seconds", chosen)),
    enqueued: sumBy(byQueue, rate(selected("jobs_enqueued_total", chosen))),
    finished: sumBy([...byQueue, "outcome"], finishedPerSecond),
    failedShare: `${sumBy(byQueue, failedPerSecond)} / ${sumBy(byQueue, finishedPerSecond)}`,
    wakeups: sumBy([...byQueue, "result"], increase(selected("jobs_wakeups_total", chosen))),
    wait: (q: number) => quantile(q, byQueue, selected("jobs_wait_seconds_bucket", chosen)),
  };
}

export const ticked = maxBy(["environment"], selected("jobs_tick_last_run_timestamp_seconds"));
export const ownAlerts = maxBy(["environment", "alert"], selected("jobs_alert_firing"));
export const ownAlertMessages = maxBy(["environment", "alert"], selected("jobs_alert_messages_waiting"));
