import type { MetricName } from "../exporter/catalogue.ts";
import { scrapeJob } from "../exporter/prometheus-config.ts";
import type { HistogramName, LabelsOf, ScalarName } from "../exporter/sample.ts";

/** A series as PromQL names it; a histogram by one of its three parts. */
export type SeriesName = ScalarName | `${HistogramName}_${"bucket" | "sum" | "count"}`;

/** The metric of the catalogue that a series belongs to. */
export type MetricOf<S extends SeriesName> = S extends MetricName
  ? S
  : S extends `${infer H extends HistogramName}_${string}`
    ? H
    : never;

/** Values of labels; of several, any. */
type Matched<L> = { readonly [K in keyof L]?: L[K] | readonly L[K][] };

/** Makes PromQL selectors for the series of one environment. Names, labels and values that the catalogue lacks do not compile. */
export type SeriesSelector = <S extends SeriesName>(
  name: S,
  labels?: Matched<LabelsOf<MetricOf<S>>> & { le?: S extends `${string}_bucket` ? string : never },
) => string;

/** One Prometheus may watch several environments, whose thresholds differ. */
export function seriesOf(environment: string): SeriesSelector {
  return (name, labels = {}) => selector(name, { environment, ...labels });
}

/** Whether Prometheus reaches the environment's exporter; made by Prometheus itself, labelled as its target is. */
export function exporterUpOf(environment: string): string {
  return selector("up", { job: scrapeJob, environment });
}

function selector(name: string, labels: Record<string, string | readonly string[]>): string {
  const matchers = Object.entries(labels).map(([label, value]) =>
    typeof value === "string"
      ? `${label}=${JSON.stringify(value)}`
      : `${label}=~${JSON.stringify(value.join("|"))}`,
  );
  return `${name}{${matchers.join(",")}}`;
}
