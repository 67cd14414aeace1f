import { thresholds } from "../../alerts/thresholds.ts";
import { responseOutcomes } from "../catalogue/pg-net.ts";
import { alarm } from "./cells.ts";
import { grewBy } from "./history.ts";
import { type Content, html } from "./html.ts";
import { icon } from "./icons.ts";
import { countText, numberText } from "./number-text.ts";
import type { TargetView } from "./target-view.ts";
import { durationText, time } from "./time-text.ts";

type Line = readonly [what: string, content: Content];

/** What jobs rely on, a line each. */
export function healthList(target: TargetView, now: number): Content {
  const lines: Line[] = [
    ["Database", database(target)],
    ["Stuck", stuck(target, now)],
    ["Scheduler", scheduler(target)],
    ["Wake-ups", wakeups(target, now)],
    ["pg_net", pgNet(target)],
    ["Collectors", collectors(target)],
  ];
  return html`<dl>${lines.map(([what, content]) => html`<div><dt>${what}</dt><dd>${content}</dd></div>`)}</dl>`;
}

const well = (text: Content): Content => html`<span class="well">${icon("well")}${text}</span>`;
const unknown = (text: Content): Content => html`<span class="unknown">${icon("unknown")}${text}</span>`;

function database({ databaseUp }: TargetView): Content {
  if (databaseUp === null) return unknown("not asked yet");
  return databaseUp ? well("answers") : alarm("critical", "does not answer");
}

function stuck(target: TargetView, now: number): Content {
  const { queues, cronJobs } = target;
  const jobs = queues
    .filter((queue) => (queue.stuck ?? 0) > 0)
    .map((queue) => {
      const { oldestRunningSeconds: oldest } = queue;
      return `${queue.name}: ${countText(queue.stuck, "job")}${oldest === null ? "" : `, the oldest for ${durationText(oldest)}`}`;
    });
  const runs = cronJobs
    .filter(({ runningSince }) => runningSince !== null && now - runningSince > thresholds.cronRunSeconds)
    .map((job) => `cron job ${job.name}: running for ${durationText(now - (job.runningSince ?? now))}`);
  const all = [...jobs, ...runs];
  if (all.length > 0) return alarm("critical", all.join("; "));
  return collects(target, "queues") && collects(target, "cron_runs")
    ? well("no job and no run")
    : unknown("not known");
}

function scheduler(target: TargetView): Content {
  const { readings } = target;
  const up = readings.value("pg_cron_scheduler_up", {});
  if (up === null) return absent(target, "cron_scheduler", "pg_cron is not installed");
  if (up === 0) return alarm("critical", "pg_cron's launcher is not running: no cron job starts");
  const running = readings.value("pg_cron_running_jobs", {});
  const most = readings.value("pg_cron_max_running_jobs", {});
  const recorded = readings.value("pg_cron_log_run_enabled", {}) !== 0;
  return [
    well("pg_cron runs"),
    running !== null &&
      ` · ${numberText(running)}${most === null ? "" : ` of at most ${numberText(most)}`} runs under way`,
    !recorded && [" · ", alarm("warning", "runs are not recorded (cron.log_run is off)")],
  ];
}

function wakeups(target: TargetView, now: number): Content {
  const { readings, history, queues } = target;
  const tick = readings.value("jobs_tick_last_run_timestamp_seconds", {});
  const workers = readings.all("jobs_workers").filter(({ labels }) => labels.state === "awake");
  if (tick === null && workers.length === 0)
    return absent(target, "upkeep", "the queue core is not installed");
  const late = tick !== null && now - tick > thresholds.tickSeconds;
  const lately = (result: "sent" | "coalesced" | "failed") =>
    sumKnown(queues.map(({ name }) => grewBy(history.series("jobs_wakeups_total", { queue: name, result }))));
  const failed = lately("failed");
  return [
    tick === null
      ? unknown("no tick is known")
      : late
        ? alarm("critical", ["last tick ", time(tick, now)])
        : well(["ticked ", time(tick, now)]),
    ` · ${countText(
      workers.reduce((sum, { value }) => sum + value, 0),
      "worker",
    )} awake`,
    failed !== null && [
      ` · in 3 h ${numberText(lately("sent"))} sent, ${numberText(lately("coalesced"))} not needed, `,
      failed > 0 ? alarm("warning", `${numberText(failed)} failed`) : "none failed",
    ],
  ];
}

function pgNet(target: TargetView): Content {
  const { readings, history } = target;
  const up = readings.value("pg_net_worker_up", {});
  if (up === null) return absent(target, "pg_net", "not installed");
  const grown = (outcomes: readonly (typeof responseOutcomes)[number][]) =>
    sumKnown(outcomes.map((outcome) => grewBy(history.series("pg_net_responses_total", { outcome }))));
  const bad = (outcome: string) => ["4xx", "5xx", "timeout", "error"].includes(outcome);
  const fine = grown(responseOutcomes.filter((outcome) => !bad(outcome)));
  const failed = grown(responseOutcomes.filter(bad));
  const callers = readings.all("pg_net_call_consecutive_failures").filter(({ value }) => value > 0);
  return [
    up === 1 ? well("worker runs") : alarm("critical", "worker is not running: no request is sent"),
    ` · ${countText(readings.value("pg_net_queue_length", {}), "request")} waiting`,
    failed !== null && [
      ` · in 3 h ${numberText(fine)} answered well, `,
      failed > 0 ? alarm("warning", `${numberText(failed)} failed`) : "none failed",
    ],
    callers.map(({ labels, value }) => [
      " · ",
      alarm("warning", `${labels.source} ${labels.name} failed ${numberText(value)} times in a row`),
    ]),
  ];
}

function collectors({ databaseUp, readings, failures }: TargetView): Content {
  if (databaseUp === false) return unknown("wait for the database");
  const working = readings
    .all("jobstack_exporter_collector_success")
    .filter(({ value }) => value === 1).length;
  const skipped = readings
    .all("jobstack_exporter_collector_skipped")
    .flatMap(({ value, labels }) => (value === 1 ? [labels.collector] : []));
  const failing = failures.map(({ collector, reason }) => `${collector} (${reason.replaceAll("_", " ")})`);
  return [
    failing.length > 0
      ? alarm("warning", `failing: ${failing.join(", ")}`)
      : working === 0
        ? unknown("none ran yet")
        : well(`${working} of ${working} work`),
    skipped.length > 0 && ` · not needed here: ${skipped.join(", ")}`,
  ];
}

/** Whether a collector has read what it is for, or found that there is nothing. */
export function collects({ readings }: TargetView, collector: string): boolean {
  return (
    readings.value("jobstack_exporter_collector_success", { collector }) === 1 ||
    readings.value("jobstack_exporter_collector_skipped", { collector }) === 1
  );
}

/** Why something has no readings: it is not there, or nobody knows. */
function absent(target: TargetView, collector: string, text: string): Content {
  return collects(target, collector) ? html`<span class="none">${text}</span>` : unknown("not known");
}

function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
