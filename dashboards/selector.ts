import type { MetricOf, SeriesName } from "../alerts/series.ts";
import type { LabelsOf } from "../exporter/sample.ts";

/** Values of labels: one of the metric's own, or a variable of the dashboard such as `$queue`. */
type Values<L> = { readonly [K in keyof L]?: L[K] | `$${string}` };

/** The bound of one bucket. */
type Bound<S extends SeriesName> = S extends `${string}_bucket` ? { readonly le?: string } : unknown;

/**
 * A PromQL selector for the exporters that the dashboard's variables choose. Names, labels and values that the catalogue
 * lacks do not compile.
 */
export function selected<S extends SeriesName>(
  name: S,
  labels: Values<LabelsOf<MetricOf<S>>> & Bound<S> = {} as Values<LabelsOf<MetricOf<S>>> & Bound<S>,
): string {
  return ours(name, labels as Readonly<Record<string, string>>);
}

/** The same for what the exporter's process shows of itself, and for what Prometheus makes. */
export function ours(name: string, labels: Readonly<Record<string, string>> = {}): string {
  const all = { environment: "$environment", job: "$job", instance: "$instance", ...labels };
  const matchers = Object.entries(all).map(
    ([label, value]) => `${label}${value.startsWith("$") ? "=~" : "="}${JSON.stringify(value)}`,
  );
  return `${name}{${matchers.join(",")}}`;
}

/** How fast a counter rises, per second, over what one point of the graph stands for. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** By how much a counter rose over what one point of the graph stands for. */
export function increase(selector: string): string {
  return `increase(${selector}[$__rate_interval])`;
}

export function sumBy(labels: readonly string[], expr: string): string {
  return `sum by (${labels.join(", ")}) (${expr})`;
}

export function minBy(labels: readonly string[], expr: string): string {
  return `min by (${labels.join(", ")}) (${expr})`;
}

export function maxBy(labels: readonly string[], expr: string): string {
  return `max by (${labels.join(", ")}) (${expr})`;
}

/** A quantile of a histogram's `_bucket` series, by these labels. */
export function quantile(q: number, labels: readonly string[], buckets: string): string {
  return `histogram_quantile(${q}, ${sumBy([...labels, "le"], rate(buckets))})`;
}
