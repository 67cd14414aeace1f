import type { MetricName } from "../exporter/catalogue.ts";

/** Metrics that no dashboard shows, and why. */
export const unused: Partial<Record<MetricName, string>> = {};
