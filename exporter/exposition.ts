import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { MetricDefinition } from "./catalogue/metric-definition.ts";
import { catalogue, type MetricName, metricNames } from "./catalogue.ts";
import type { Distribution, Sample } from "./sample.ts";

/** Content type of what `render` returns. */
export const contentType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Turns samples into the Prometheus text format. */
export type Render = (samples: readonly Sample[]) => Promise<string>;

/**
 * The only module that knows prom-client. A scrape fills a fresh registry, because a long-lived one keeps vanished
 * label sets and cannot set a counter. prom-client's own `process_` and `nodejs_` metrics follow unchanged.
 */
export function createRender(environment: string): Render {
  const node = new Registry();
  collectDefaultMetrics({ register: node });
  return async (samples) => {
    const registry = new Registry();
    for (const [name, own] of byName(samples)) registry.registerMetric(filledMetric(name, own));
    const all = Registry.merge([registry, node]);
    all.setDefaultLabels({ environment });
    return all.metrics();
  };
}

/** In the catalogue's order; metrics without samples are left out. */
function byName(samples: readonly Sample[]): [MetricName, Sample[]][] {
  const groups = new Map<MetricName, Sample[]>(metricNames.map((name) => [name, []]));
  for (const one of samples) groups.get(one.name)?.push(one);
  return [...groups].filter(([, own]) => own.length > 0);
}

function filledMetric(name: MetricName, samples: readonly Sample[]) {
  const { type, help, labels }: MetricDefinition = catalogue[name];
  const configuration = { name, help, labelNames: Object.keys(labels), registers: [] };
  if (type === "histogram") return new FilledHistogram(name, samples);
  if (type === "counter") {
    const counter = new Counter(configuration);
    for (const one of samples) counter.inc({ ...one.labels }, Number(one.value));
    return counter;
  }
  const gauge = new Gauge(configuration);
  for (const one of samples) gauge.set({ ...one.labels }, Number(one.value));
  return gauge;
}

/** A histogram that shows given counts; prom-client's own can only be observed value by value. */
class FilledHistogram extends Histogram<string> {
  readonly #metric: MetricName;
  readonly #samples: readonly Sample[];

  constructor(name: MetricName, samples: readonly Sample[]) {
    const { help, labels }: MetricDefinition = catalogue[name];
    super({ name, help, labelNames: Object.keys(labels), registers: [] });
    this.#metric = name;
    this.#samples = samples;
  }

  /** What prom-client's registry reads; left out of its typings. */
  async getForPromString() {
    const { help }: MetricDefinition = catalogue[this.#metric];
    return { name: this.#metric, help, type: "histogram", aggregator: "sum", values: this.#lines() };
  }

  #lines() {
    return this.#samples.flatMap((one) =>
      typeof one.value === "number" ? [] : histogramLines(this.#metric, { ...one.labels }, one.value),
    );
  }
}

function histogramLines(name: MetricName, labels: Record<string, string>, { counts, sum }: Distribution) {
  const definition: MetricDefinition = catalogue[name];
  const bounds = definition.type === "histogram" ? definition.buckets : [];
  let total = 0;
  const buckets = [...bounds, "+Inf"].map((le, index) => {
    total += counts[index] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: String(le) }, value: total };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
