import { thresholds } from "../../alerts/thresholds.ts";
import { alarm, cell, columnHeads, count, notKnown, total, trouble } from "./cells.ts";
import { type Content, html } from "./html.ts";
import { countText, numberText } from "./number-text.ts";
import { type QueueView, waitsTooLong } from "./queue-view.ts";
import { sparkline } from "./sparkline.ts";
import { durationText } from "./time-text.ts";

const heads = [
  ["Queue", "text"],
  ["Waiting", "number"],
  ["Oldest waiting", "number"],
  ["Scheduled", "number"],
  ["Running", "number"],
  ["Stuck", "number"],
  ["Dead letters", "number"],
  ["Done a minute", "number"],
  ["Waiting, 3 h", "line"],
  ["Done, 3 h", "line"],
] as const;

/** The table of job queues. */
export function queuesTable(queues: readonly QueueView[]): Content {
  return html`<table role="table"><caption>${countText(queues.length, "queue")}: jobs by state, and what was done lately</caption>
${columnHeads(heads)}
<tbody role="rowgroup">${queues.map(queueRow)}</tbody></table>`;
}

function queueRow(queue: QueueView): Content {
  const { name, paused, waiting, scheduled, running, oldestRunningSeconds, stuck } = queue;
  return html`<tr role="row"><th role="rowheader" scope="row">${name}${paused && html` <span class="tag">paused</span>`}</th>
${cell("Waiting", count(waiting), "number")}
${cell("Oldest waiting", oldest(queue), "number")}
${cell("Scheduled", count(scheduled), "number")}
${cell("Running", [count(running), oldestRunningSeconds !== null && html` <small>for ${durationText(oldestRunningSeconds)}</small>`], "number")}
${cell("Stuck", trouble(stuck), "number")}
${cell("Dead letters", total(queue.deadLetters, queue.deadLettersLately, queue.deadLettersNow), "number")}
${cell("Done a minute", count(queue.perMinute), "number")}
${cell("Waiting, 3 h", sparkline({ of: `${name}: jobs waiting`, series: queue.waitingTrend, text: numberText }), "line")}
${cell("Done, 3 h", sparkline({ of: `${name}: jobs done a minute`, series: queue.finishedTrend, text: numberText }), "line")}</tr>`;
}

function oldest(queue: QueueView): Content {
  const { waiting, oldestWaitingSeconds } = queue;
  if (oldestWaitingSeconds === null) return waiting === 0 ? html`<span class="zero">none</span>` : notKnown;
  const text = durationText(oldestWaitingSeconds);
  if (!waitsTooLong(queue)) return text;
  return alarm(oldestWaitingSeconds > thresholds.stalledSeconds ? "critical" : "warning", text);
}
