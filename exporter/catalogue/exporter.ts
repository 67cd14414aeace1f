import type { MetricDefinition } from "./metric-definition.ts";

/** Why a collector failed; the closed set of the label `reason`. */
export const failureReasons = [
  "timeout",
  "lock_timeout",
  "permission",
  "connection",
  "missing_extension",
  "missing_function",
  "description",
  "missing_index",
  "query",
] as const;

const collector = { collector: "any" } as const;

/** What the exporter says of itself and of its collectors. */
export const exporterMetrics = {
  jobstack_exporter_build_info: {
    type: "gauge",
    unit: "info",
    help: "Always 1; carries the version of the exporter and of Node.",
    labels: { version: "any", node: "any" },
  },
  jobstack_exporter_database_up: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the database answered this collection; if 0, there are no series but the exporter's own.",
    labels: {},
  },
  jobstack_exporter_collections_total: {
    type: "counter",
    unit: "count",
    help: "Collections; scrapes that come in during one share it.",
    labels: {},
  },
  jobstack_exporter_scrapes_total: {
    type: "counter",
    unit: "count",
    help: "Scrapes that were asked for, those that share a collection included.",
    labels: {},
  },
  jobstack_exporter_pool_connections: {
    type: "gauge",
    unit: "count",
    help: "Connections to the database after the collection.",
    labels: { state: ["idle", "busy"] },
  },
  jobstack_exporter_collector_success: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the collector's last run succeeded; if 0, its series are absent. Absent while it is skipped.",
    labels: collector,
  },
  jobstack_exporter_collector_skipped: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the collector is skipped because what it observes is not in this database.",
    labels: collector,
  },
  jobstack_exporter_collector_duration_seconds: {
    type: "gauge",
    unit: "seconds",
    help: "How long the collector's last run took.",
    labels: collector,
  },
  jobstack_exporter_collector_last_success_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the collector last succeeded.",
    labels: collector,
  },
  jobstack_exporter_collector_samples: {
    type: "gauge",
    unit: "count",
    help: "Samples the collector contributes; a histogram counts as one.",
    labels: collector,
  },
  jobstack_exporter_collector_samples_dropped_total: {
    type: "counter",
    unit: "count",
    help: "Samples that were left out because the collector had more than 20000.",
    labels: collector,
  },
  jobstack_exporter_collector_reused_total: {
    type: "counter",
    unit: "count",
    help: "Collections for which the collector's last samples were fresh enough.",
    labels: collector,
  },
  jobstack_exporter_collector_errors_total: {
    type: "counter",
    unit: "count",
    help: "Failed runs of the collector by reason.",
    labels: { ...collector, reason: failureReasons },
  },
  jobstack_exporter_state_save_success: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the collector's counters were last saved to the database; absent before the first time.",
    labels: collector,
  },
  jobstack_exporter_config_last_reload_successful: {
    type: "gauge",
    unit: "boolean",
    help: "Whether the exporter took over its configuration when it was last read; if 0, the one before is in effect.",
    labels: {},
  },
  jobstack_exporter_config_last_reload_success_timestamp_seconds: {
    type: "gauge",
    unit: "timestamp",
    help: "When the configuration in effect was read.",
    labels: {},
  },
} as const satisfies Record<string, MetricDefinition>;
