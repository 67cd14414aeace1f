import { cronTable } from "./cron-section.ts";
import { collects, healthList } from "./health-section.ts";
import { type Content, html } from "./html.ts";
import { icon } from "./icons.ts";
import { problemsSection } from "./problems-section.ts";
import { queuesTable } from "./queues-section.ts";
import type { TargetView } from "./target-view.ts";
import { time } from "./time-text.ts";

export interface Place {
  index: number;
  /** Unix time in seconds. */
  now: number;
  /** Whether this is the only target, whose state the page's head says already. */
  alone: boolean;
}

/** Everything about one target. */
export function targetSection(target: TargetView, { index, now, alone }: Place): Content {
  const { name, state, at, queues, cronJobs, problems } = target;
  const id = `target-${index}`;
  return html`<section class="target" aria-labelledby="${id}"><h2 id="${id}" class="${alone && "aloud"}">${name}${!alone && html` <span class="${state.level}">${icon(state.level)}${state.sentence}</span>`}</h2>
${!alone && at !== null && html`<p class="meta">Read ${time(at, now)}.</p>`}
${problems.length > 0 && problemsSection({ title: title(target), problems, now })}
<h3>Queues</h3>
${queues.length > 0 && queuesTable(queues)}
${unreadQueues(target)}
<h3>Cron jobs</h3>
${cronJobs.length > 0 ? cronTable(cronJobs, now) : nothing(target, "cron_jobs", "There are no cron jobs here.")}
<h3>What jobs rely on</h3>
${healthList(target, now)}
</section>`;
}

/** What no row of the table shows: that there are no queues, or that some could not be read. */
function unreadQueues(target: TargetView): Content {
  const failing = target.failures.filter(({ collector }) => collector.startsWith("job_table_"));
  const { queues } = target;
  if (queues.length > 0 && collects(target, "queues") && failing.length === 0) return null;
  return failing.length > 0 && target.databaseUp === true
    ? failing.map(({ collector }) => nothing(target, collector, ""))
    : nothing(target, "queues", "There are no job queues here.");
}

function title({ problems }: TargetView): string {
  return problems.some(({ state }) => state !== "crossed") ? "Alerts" : "Thresholds crossed";
}

/** Instead of a table: that there is nothing, or that nobody knows. */
function nothing(target: TargetView, collector: string, text: string): Content {
  if (collects(target, collector)) return html`<p class="none">${text}</p>`;
  const failure = target.failures.find((one) => one.collector === collector);
  const why =
    target.databaseUp === false
      ? "the database does not answer"
      : failure
        ? `collector ${collector} fails (${failure.reason.replaceAll("_", " ")})`
        : "they have not been read yet";
  return html`<p class="unknown">${icon("unknown")}Not known: ${why}.</p>`;
}
