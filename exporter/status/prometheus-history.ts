import type { MetricDefinition } from "../catalogue/metric-definition.ts";
import { catalogue } from "../catalogue.ts";
import type { TargetLabels } from "../exposition.ts";
import { History, historyMinutes, trackedMetrics } from "./history.ts";
import type { Prometheus, PrometheusSeries } from "./prometheus.ts";
import { seriesKey } from "./readings.ts";

const labelsOf = (name: (typeof trackedMetrics)[number]) =>
  Object.keys((catalogue[name] as MetricDefinition).labels);
const ownLabels = [...new Set(trackedMetrics.flatMap(labelsOf))];

/** The last hours of the tracked metrics of the target with these labels. `at` is Unix time in milliseconds. */
export async function readPrometheusHistory(
  prometheus: Prometheus,
  labels: TargetLabels,
  at: number,
): Promise<History> {
  const end = Math.floor(at / 1000);
  const answer = await prometheus.range(trackedQuery(labels), end, historyMinutes);
  return new History(new Map(answer.map((series) => [keyOf(series), gridOf(series, end)])));
}

/** All of them at once. Two exporters of one database count alike, so either will do. */
function trackedQuery(labels: TargetLabels): string {
  const { environment, project = "" } = labels;
  const own = `environment=${JSON.stringify(environment)},project=${JSON.stringify(project)}`;
  const selector = `{__name__=~"${trackedMetrics.join("|")}",${own}}`;
  return `max by (__name__,${ownLabels.join(",")}) (${selector})`;
}

function keyOf({ metric: { __name__: name = "", ...labels } }: PrometheusSeries): string {
  return seriesKey(name, labels);
}

function gridOf({ values }: PrometheusSeries, end: number): number[] {
  const grid = Array<number>(historyMinutes).fill(Number.NaN);
  for (const [at, value] of values) {
    const index = historyMinutes - 1 - Math.round((end - at) / 60);
    if (index >= 0 && index < historyMinutes) grid[index] = Number(value);
  }
  return grid;
}
