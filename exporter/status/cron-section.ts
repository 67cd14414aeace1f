import { alarm, cell, columnHeads, notKnown, total, trouble } from "./cells.ts";
import type { CronJobView } from "./cron-view.ts";
import { type Content, html } from "./html.ts";
import { icon } from "./icons.ts";
import { countText } from "./number-text.ts";
import { sparkline } from "./sparkline.ts";
import { durationText, time } from "./time-text.ts";

const heads = [
  ["Cron job", "text"],
  ["Schedule", "text"],
  ["Last run", "moment"],
  ["Took", "number"],
  ["Next run", "moment"],
  ["Failures in a row", "number"],
  ["Missed", "number"],
  ["Duration, 3 h", "line"],
] as const;

/** The table of cron jobs. A job is named with its database only where there are several. */
export function cronTable(jobs: readonly CronJobView[], now: number): Content {
  const severalDatabases = new Set(jobs.map(({ database }) => database)).size > 1;
  const rows = jobs.map((job) => cronRow(job, severalDatabases, now));
  return html`<table role="table"><caption>${countText(jobs.length, "cron job")}: when each ran, and runs next</caption>
${columnHeads(heads)}
<tbody role="rowgroup">${rows}</tbody></table>`;
}

function cronRow(job: CronJobView, withDatabase: boolean, now: number): Content {
  const { name, database, schedule, active, consecutiveFailures, lastDurationSeconds: took } = job;
  return html`<tr role="row" class="${active === false ? "off" : "on"}"><th role="rowheader" scope="row">${name}${withDatabase && html` <small>${database}</small>`}${active === false && html` <span class="tag">off</span>`}</th>
${cell("Schedule", html`<code>${schedule}</code>`)}
${cell("Last run", lastRun(job, now), "moment")}
${cell("Took", took === null ? notKnown : durationText(took), "number")}
${cell("Next run", nextRun(job, now), "moment")}
${cell("Failures in a row", trouble(consecutiveFailures, (consecutiveFailures ?? 0) > 1 ? "critical" : "warning"), "number")}
${cell("Missed", total(job.missed, job.missedLately, job.missedNow), "number")}
${cell("Duration, 3 h", sparkline({ of: `${name}: duration of the last run`, series: job.durationTrend, text: durationText }), "line")}</tr>`;
}

function lastRun({ status, lastStart, lastEnd, runningSince }: CronJobView, now: number): Content {
  if (runningSince !== null) return html`running, began ${time(runningSince, now)}`;
  const at = lastEnd ?? lastStart;
  const when = at !== null && html` ${time(at, now)}`;
  if (status === "failed") return [alarm("warning", "failed"), when];
  if (status === "succeeded")
    return html`<span class="well">${icon("well")}<span class="aloud">succeeded</span></span>${when}`;
  return status === null ? html`<span class="none">no run is known</span>` : [status, when];
}

function nextRun({ active, next }: CronJobView, now: number): Content {
  if (active === false) return html`<span class="none">switched off</span>`;
  return next === null ? notKnown : time(next, now);
}
