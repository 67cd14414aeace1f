/** What a value measures; the name of the metric ends accordingly. */
export type Unit = "seconds" | "timestamp" | "bytes" | "boolean" | "count" | "info";

/** "any" = free text; a list = the closed set of values. */
export type LabelDomain = "any" | readonly string[];

interface Described {
  readonly help: string;
  readonly unit: Unit;
  readonly labels: Readonly<Record<string, LabelDomain>>;
}

/** One metric; a bucket of a histogram holds its upper bound. */
export type MetricDefinition =
  | (Described & { readonly type: "gauge" | "counter" })
  | (Described & { readonly type: "histogram"; readonly buckets: readonly number[] });
