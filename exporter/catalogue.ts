import { cronMetrics } from "./catalogue/cron.ts";
import { exporterMetrics } from "./catalogue/exporter.ts";
import { pgNetMetrics } from "./catalogue/pg-net.ts";
import { queueMetrics } from "./catalogue/queues.ts";

/**
 * Every metric the exporter may show. Registration, the metrics page, dashboards and alerts derive from this table, so
 * a name or label that is not in it does not compile. Counters and histograms are cumulative; NULL means no sample.
 */
export const catalogue = {
  ...cronMetrics,
  ...queueMetrics,
  ...pgNetMetrics,
  ...exporterMetrics,
} as const;

export type Catalogue = typeof catalogue;
export type MetricName = keyof Catalogue;

/** All names, in the order in which they are shown. */
export const metricNames = Object.keys(catalogue) as MetricName[];
