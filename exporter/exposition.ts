import { collectDefaultMetrics, Registry } from "prom-client";
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

/**
 * Samples in the Prometheus text format, each metric once with the series of all targets. Written here, since prom-client
 * takes some ten times as long, for labels that it need not look up, and a scrape has tens of thousands of series.
 */
export function render(groups: readonly LabelledSamples[]): string {
  const lines: string[] = [];
  // Many samples share the labels of their job or queue.
  const known = new Map<object, string>();
  const ownText = (labels: Sample["labels"]): string => {
    const text = known.get(labels) ?? labelText(labels);
    known.set(labels, text);
    return text;
  };
  for (const [name, placed] of byName(groups)) {
    const { help, type }: MetricDefinition = catalogue[name];
    lines.push(
      `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}`,
      `# TYPE ${name} ${type}`,
    );
    for (const { one, target } of placed) pushSeries(lines, one, ownText(one.labels), target);
    lines.push("");
  }
  return `${lines.join("\n")}\n`;
}

/** Renders as `render`, but the same samples only once: scrapes that come in together share one text. */
export function createRenderer(): (groups: readonly LabelledSamples[]) => Buffer {
  let last: { groups: readonly LabelledSamples[]; text: Buffer } | null = null;
  return (groups) => {
    if (!last || !isSame(last.groups, groups)) last = { groups, text: Buffer.from(render(groups)) };
    return last.text;
  };
}

/** Snapshots are never changed, so the same objects are the same text. */
function isSame(before: readonly LabelledSamples[], now: readonly LabelledSamples[]): boolean {
  return (
    before.length === now.length &&
    now.every(({ labels, samples }, index) => {
      const other = before[index];
      return other?.samples === samples && other.labels === labels;
    })
  );
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

/** One sample and the labels of its target, as they are written. */
interface Placed {
  readonly one: Sample;
  readonly target: string;
}

/** In the catalogue's order; metrics without samples are left out. */
function byName(groups: readonly LabelledSamples[]): [MetricName, Placed[]][] {
  const found = new Map<MetricName, Placed[]>(metricNames.map((name) => [name, []]));
  for (const { labels, samples } of groups) {
    const target = labelText({ ...labels });
    for (const one of samples) found.get(one.name)?.push({ one, target });
  }
  return [...found].filter(([, placed]) => placed.length > 0);
}

function pushSeries(lines: string[], { name, value }: Sample, own: string, target: string): void {
  const all = own === "" ? target : `${own},${target}`;
  if (typeof value === "number") lines.push(`${name}{${all}} ${numberText(value)}`);
  else pushHistogram(lines, name, own, target, value);
}

function pushHistogram(
  lines: string[],
  name: MetricName,
  own: string,
  target: string,
  { counts, sum }: Distribution,
): void {
  const definition: MetricDefinition = catalogue[name];
  const bounds = definition.type === "histogram" ? definition.buckets : [];
  const before = own === "" ? "" : `${own},`;
  let total = 0;
  for (const [index, bound] of [...bounds, "+Inf"].entries()) {
    total += counts[index] ?? 0;
    lines.push(`${name}_bucket{${before}le="${bound}",${target}} ${total}`);
  }
  lines.push(
    `${name}_sum{${before}${target}} ${numberText(sum)}`,
    `${name}_count{${before}${target}} ${total}`,
  );
}

function labelText(labels: Readonly<Record<string, string | undefined>>): string {
  const texts: string[] = [];
  for (const [label, value] of Object.entries(labels)) {
    if (value !== undefined) texts.push(`${label}="${escaped(value)}"`);
  }
  return texts.join(",");
}

function escaped(value: string): string {
  if (!/[\\\n"]/.test(value)) return value;
  return value.replace(/\\/g, "\\\\").replace(/\n/g, "\\n").replace(/"/g, '\\"');
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
