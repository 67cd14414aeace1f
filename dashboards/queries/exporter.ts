import { increase, maxBy, minBy, ours, rate, selected, sumBy } from "../selector.ts";

const collector = { collector: "$collector" } as const;
const byInstance = ["environment", "instance"] as const;
const byCollector = ["environment", "instance", "collector"] as const;

export const databaseUp = minBy(["environment"], selected("jobstack_exporter_database_up"));
export const build = maxBy([...byInstance, "version", "node"], selected("jobstack_exporter_build_info"));
export const scrapes = sumBy(byInstance, rate(selected("jobstack_exporter_scrapes_total")));
export const collections = sumBy(byInstance, rate(selected("jobstack_exporter_collections_total")));
export const connections = sumBy([...byInstance, "state"], selected("jobstack_exporter_pool_connections"));
export const success = maxBy(byCollector, selected("jobstack_exporter_collector_success", collector));
export const skipped = maxBy(byCollector, selected("jobstack_exporter_collector_skipped", collector));
export const duration = maxBy(
  byCollector,
  selected("jobstack_exporter_collector_duration_seconds", collector),
);
export const lastSuccess = maxBy(
  byCollector,
  selected("jobstack_exporter_collector_last_success_timestamp_seconds", collector),
);
export const samples = maxBy(byCollector, selected("jobstack_exporter_collector_samples", collector));
export const dropped = sumBy(
  byCollector,
  increase(selected("jobstack_exporter_collector_samples_dropped_total", collector)),
);
export const reused = sumBy(
  byCollector,
  rate(selected("jobstack_exporter_collector_reused_total", collector)),
);
export const errors = sumBy(
  [...byCollector, "reason"],
  increase(selected("jobstack_exporter_collector_errors_total", collector)),
);
export const saved = maxBy(byCollector, selected("jobstack_exporter_state_save_success", collector));
export const configTaken = minBy(byInstance, selected("jobstack_exporter_config_last_reload_successful"));
export const configReadAt = maxBy(
  byInstance,
  selected("jobstack_exporter_config_last_reload_success_timestamp_seconds"),
);
export const memory = maxBy(byInstance, ours("process_resident_memory_bytes"));
export const cpu = sumBy(byInstance, rate(ours("process_cpu_seconds_total")));
export const lag = maxBy(byInstance, ours("nodejs_eventloop_lag_p99_seconds"));
