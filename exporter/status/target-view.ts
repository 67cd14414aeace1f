import type { Snapshot } from "../collection.ts";
import type { TargetLabels } from "../exposition.ts";
import { findBreaches } from "./breaches.ts";
import { type CronJobView, cronJobViews } from "./cron-view.ts";
import type { History } from "./history.ts";
import type { Problem } from "./problem.ts";
import { type QueueView, queueViews } from "./queue-view.ts";
import { Readings } from "./readings.ts";
import { describeState, type State } from "./state.ts";

/** One observed database as the page shows it. */
export interface TargetView {
  name: string;
  state: State;
  /** When it was last read, Unix time in seconds; null when it has not been read yet. */
  at: number | null;
  databaseUp: boolean | null;
  /** Collectors that fail, and why. */
  failures: Snapshot["failures"];
  readings: Readings;
  history: History;
  queues: QueueView[];
  cronJobs: CronJobView[];
  problems: Problem[];
}

export interface TargetInput {
  labels: TargetLabels;
  snapshot: Snapshot | null;
  history: History;
  /** What Prometheus says; null when it was not asked or does not answer. */
  alerts: readonly Problem[] | null;
  /** Unix time in seconds. */
  now: number;
}

export function targetView({ labels, snapshot, history, alerts, now }: TargetInput): TargetView {
  const readings = new Readings(snapshot?.samples ?? []);
  const queues = queueViews(readings, history);
  const cronJobs = cronJobViews(readings, history);
  const problems = [...(alerts ?? findBreaches({ readings, queues, cronJobs, now }))];
  const at = snapshot === null ? null : snapshot.at / 1000;
  const databaseUp = snapshot?.databaseUp ?? null;
  const failures = snapshot?.failures ?? [];
  return {
    name: Object.values(labels).join(" / "),
    state: describeState({ at, databaseUp, failures: failures.length, problems, now }),
    at,
    databaseUp,
    failures,
    readings,
    history,
    queues,
    cronJobs,
    problems,
  };
}
