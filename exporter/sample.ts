import type { LabelDomain } from "./catalogue/metric-definition.ts";
import type { Catalogue, MetricName } from "./catalogue.ts";

export type HistogramName = {
  [N in MetricName]: Catalogue[N]["type"] extends "histogram" ? N : never;
}[MetricName];

export type ScalarName = Exclude<MetricName, HistogramName>;

type LabelValue<D> = D extends readonly string[] ? D[number] : string;
type LabelValues<L extends Readonly<Record<string, LabelDomain>>> = {
  readonly [K in keyof L]: LabelValue<L[K]>;
};

/** Exactly the declared labels of a metric, with values of their declared sets. */
export type LabelsOf<N extends MetricName> = LabelValues<Catalogue[N]["labels"]>;

/** Cumulative observations: one count per bucket (not summed up) and one more for what lies above the last. */
export interface Distribution {
  readonly counts: readonly number[];
  readonly sum: number;
}

export type SampleOf<N extends MetricName> = N extends HistogramName
  ? { readonly name: N; readonly labels: LabelsOf<N>; readonly value: Distribution }
  : { readonly name: N; readonly labels: LabelsOf<N>; readonly value: number };

export type Sample = SampleOf<MetricName>;

/** What SQL may hand over as a value: NULL gives no sample, true is 1. */
export type ScalarValue = number | boolean | null;

/** No or one sample of a gauge or counter. A list, so that NULL needs no branch where it is used. */
export function sample<N extends ScalarName>(
  name: N,
  labels: LabelsOf<N>,
  value: ScalarValue,
): SampleOf<N>[] {
  if (value === null) return [];
  return [{ name, labels, value: Number(value) } as SampleOf<N>];
}

/** One sample of a histogram. */
export function distribution<N extends HistogramName>(
  name: N,
  labels: LabelsOf<N>,
  value: Distribution,
): SampleOf<N>[] {
  return [{ name, labels, value } as SampleOf<N>];
}
