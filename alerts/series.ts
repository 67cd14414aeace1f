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

/** A PromQL selector. Names, labels and values that the catalogue lacks do not compile. */
export function series<S extends SeriesName>(
  name: S,
  labels: Partial<LabelsOf<MetricOf<S>>> & { le?: S extends `${string}_bucket` ? string : never } = {},
): string {
  return selector(name, Object.entries<string>(labels as Record<string, string>));
}

/** Whether Prometheus reaches the exporter; made by Prometheus itself. */
export const exporterUp = selector("up", [["job", scrapeJob]]);

function selector(name: string, labels: readonly (readonly [string, string])[]): string {
  const matchers = labels.map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return matchers.length === 0 ? name : `${name}{${matchers.join(",")}}`;
}
