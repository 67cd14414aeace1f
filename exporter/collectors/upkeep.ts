import { defineCollector } from "../collector.ts";
import { sample } from "../sample.ts";

/** A row of jobstack.metrics_workers(). */
export interface WorkersRow {
  queue: string;
  awake: number;
  expected: number;
}

/** A row of jobstack.metrics_alerts(). */
export interface AlertRow {
  alert: string;
  firing: boolean;
  waiting: number;
}

/** What the queue core does by itself: calling workers, ticking, raising alerts. */
export const upkeep = defineCollector({
  name: "upkeep",
  metrics: [
    "jobs_workers",
    "jobs_tick_last_run_timestamp_seconds",
    "jobs_alert_firing",
    "jobs_alert_messages_waiting",
  ],
  predicate: "to_regclass('jobstack.upkeep') is not null",
  timeoutMs: 2000,
  minIntervalMs: 1000,
  async collect({ query }) {
    const workers = await query<WorkersRow>("select * from jobstack.metrics_workers()");
    const [tick] = await query<{ ticked_at: number | null }>("select jobstack.metrics_tick() as ticked_at");
    const alerts = await query<AlertRow>("select * from jobstack.metrics_alerts()");
    return {
      samples: [
        ...workers.flatMap(({ queue, awake, expected }) => [
          ...sample("jobs_workers", { queue, state: "awake" }, awake),
          ...sample("jobs_workers", { queue, state: "expected" }, expected),
        ]),
        ...sample("jobs_tick_last_run_timestamp_seconds", {}, tick?.ticked_at ?? null),
        ...alerts.flatMap(({ alert, firing, waiting }) => [
          ...sample("jobs_alert_firing", { alert }, firing),
          ...sample("jobs_alert_messages_waiting", { alert }, waiting),
        ]),
      ],
    };
  },
});
