/** Whether the exporter's role may execute a function; the others are for these, and for their owner alone. */
export function isMetricsFunction(name: string): boolean {
  return name.startsWith("metrics_");
}
