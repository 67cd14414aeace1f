import { thresholds } from "../../alerts/thresholds.ts";
import { grewBy, growth, type History, ratePerMinute, type Series } from "./history.ts";
import { minutesOf } from "./minutes-of.ts";
import type { Readings } from "./readings.ts";

/** How many minutes "a minute on average" looks back. */
const rateMinutes = 5;

/** A queue as the page shows it; null is what is not known. */
export interface QueueView {
  name: string;
  paused: boolean;
  waiting: number | null;
  oldestWaitingSeconds: number | null;
  scheduled: number | null;
  running: number | null;
  oldestRunningSeconds: number | null;
  stuck: number | null;
  /** Since the queue was declared, and in the last hours. */
  deadLetters: number | null;
  deadLettersLately: number | null;
  /** So few minutes ago that it is trouble still. */
  deadLettersNow: number | null;
  perMinute: number | null;
  waitingTrend: Series;
  finishedTrend: Series;
}

/** The queues, those with trouble first. */
export function queueViews(readings: Readings, history: History): QueueView[] {
  const names = new Set(readings.all("jobs_depth").map(({ labels }) => labels.queue));
  return [...names]
    .map((queue) => queueView(queue, readings, history))
    .sort((a, b) => trouble(b) - trouble(a) || a.name.localeCompare(b.name));
}

function queueView(queue: string, readings: Readings, history: History): QueueView {
  const completed = history.series("jobs_finished_total", { queue, outcome: "completed" });
  const failed = history.series("jobs_finished_total", { queue, outcome: "failed" });
  return {
    name: queue,
    paused: readings.value("jobs_paused", { queue }) === 1,
    waiting: readings.value("jobs_depth", { queue, status: "ready" }),
    oldestWaitingSeconds: readings.value("jobs_oldest_ready_age_seconds", { queue }),
    scheduled: readings.value("jobs_depth", { queue, status: "scheduled" }),
    running: readings.value("jobs_depth", { queue, status: "processing" }),
    oldestRunningSeconds: readings.value("jobs_oldest_processing_age_seconds", { queue }),
    stuck: readings.value("jobs_stuck", { queue }),
    deadLetters: readings.value("jobs_finished_total", { queue, outcome: "failed" }),
    deadLettersLately: grewBy(failed),
    deadLettersNow: grewBy(failed, minutesOf(thresholds.deadLetterWindow)),
    perMinute: ratePerMinute(completed, rateMinutes),
    waitingTrend: history.series("jobs_depth", { queue, status: "ready" }),
    finishedTrend: growth(completed),
  };
}

/** Whether jobs wait longer than they should. */
export function waitsTooLong({ paused, oldestWaitingSeconds }: QueueView): boolean {
  return !paused && (oldestWaitingSeconds ?? 0) > thresholds.oldestReadySeconds;
}

function trouble(queue: QueueView): number {
  return (
    Number((queue.stuck ?? 0) > 0) * 4 +
    Number(waitsTooLong(queue)) * 2 +
    Number((queue.deadLettersNow ?? 0) > 0)
  );
}
