import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { MetricDefinition } from "./catalogue/metric-definition.ts";
import { catalogue, type MetricName, metricNames } from "./catalogue.ts";
import type { Distribution, Sample } from "./sample.ts";

/** Content type of what `render` returns. */
export const contentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** What tells the series of one database from those of another; the same names on every series. */
export interface TargetLabels {
  readonly environment: string;
  /** Left out where one database is all there is. */
  readonly project?: string;
}

/** Samples that share their target's labels. */
export interface LabelledSamples {
  readonly labels: TargetLabels;
  readonly samples: readonly Sample[];
}

/** One sample and the labels of the target it is from. */
interface Placed {
  readonly one: Sample;
  readonly target: Readonly<Record<string, string>>;
}

/**
 * Samples in the Prometheus text format, each metric once with the series of all targets. With `createProcessMetrics` the
 * only code that knows prom-client. A scrape fills a fresh registry, because a long-lived one keeps vanished label sets
 * and cannot set a counter.
 */
export function render(groups: readonly LabelledSamples[]): Promise<string> {
  const registry = new Registry();
  for (const [name, own] of byName(groups)) registry.registerMetric(filledMetric(name, own));
  return registry.metrics();
}

/** Called once for a process: prom-client's own `process_` and `nodejs_` metrics, for a scrape at a time. */
export function createProcessMetrics(): (environment: string) => Promise<string> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return (environment) => {
    registry.setDefaultLabels({ environment });
    return registry.metrics();
  };
}

/** In the catalogue's order; metrics without samples are left out. */
function byName(groups: readonly LabelledSamples[]): [MetricName, Placed[]][] {
  const found = new Map<MetricName, Placed[]>(metricNames.map((name) => [name, []]));
  for (const { labels, samples } of groups) {
    for (const one of samples) found.get(one.name)?.push({ one, target: { ...labels } });
  }
  return [...found].filter(([, own]) => own.length > 0);
}

function filledMetric(name: MetricName, placed: readonly Placed[]) {
  const { type } = catalogue[name];
  if (type === "histogram") return new FilledHistogram(name, placed);
  if (type === "counter") {
    const counter = new Counter(described(name));
    for (const { one, target } of placed) counter.inc({ ...one.labels, ...target }, Number(one.value));
    return counter;
  }
  const gauge = new Gauge(described(name));
  for (const { one, target } of placed) gauge.set({ ...one.labels, ...target }, Number(one.value));
  return gauge;
}

function described(name: MetricName) {
  const { help, labels }: MetricDefinition = catalogue[name];
  return { name, help, labelNames: [...Object.keys(labels), "environment", "project"], registers: [] };
}

/** A histogram that shows given counts; prom-client's own can only be observed value by value. */
class FilledHistogram extends Histogram<string> {
  readonly #metric: MetricName;
  readonly #placed: readonly Placed[];

  constructor(name: MetricName, placed: readonly Placed[]) {
    super(described(name));
    this.#metric = name;
    this.#placed = placed;
  }

  /** What prom-client's registry reads; left out of its typings. */
  async getForPromString() {
    const { help }: MetricDefinition = catalogue[this.#metric];
    return { name: this.#metric, help, type: "histogram", aggregator: "sum", values: this.#lines() };
  }

  #lines() {
    return this.#placed.flatMap(({ one, target }) =>
      typeof one.value === "number" ? [] : histogramLines(this.#metric, { ...one.labels }, target, one.value),
    );
  }
}

function histogramLines(
  name: MetricName,
  own: Record<string, string>,
  target: Readonly<Record<string, string>>,
  { counts, sum }: Distribution,
) {
  const definition: MetricDefinition = catalogue[name];
  const bounds = definition.type === "histogram" ? definition.buckets : [];
  const labels = { ...own, ...target };
  let total = 0;
  const buckets = [...bounds, "+Inf"].map((le, index) => {
    total += counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...own, le: String(le), ...target }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
