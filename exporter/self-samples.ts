import { failureReasons } from "./catalogue/exporter.ts";
import type { MetricName } from "./catalogue.ts";
import type { CollectorStatus } from "./collector-status.ts";
import type { PoolConnections } from "./database.ts";
import { type Sample, sample } from "./sample.ts";

/** The exporter's own metrics; no collector owns them. */
export const selfMetrics = [
  "jobstack_exporter_build_info",
  "jobstack_exporter_database_up",
  "jobstack_exporter_collections_total",
  "jobstack_exporter_scrapes_total",
  "jobstack_exporter_pool_connections",
  "jobstack_exporter_collector_success",
  "jobstack_exporter_collector_skipped",
  "jobstack_exporter_collector_duration_seconds",
  "jobstack_exporter_collector_last_success_timestamp_seconds",
  "jobstack_exporter_collector_samples",
  "jobstack_exporter_collector_samples_dropped_total",
  "jobstack_exporter_collector_reused_total",
  "jobstack_exporter_collector_errors_total",
  "jobstack_exporter_state_save_success",
] as const satisfies readonly MetricName[];

export interface SelfObservation {
  version: string;
  databaseUp: boolean;
  collections: number;
  scrapes: number;
  connections: PoolConnections;
  statuses: readonly CollectorStatus[];
  saves: readonly { collector: string; saved: boolean }[];
}

/** What the exporter says of itself. */
export function selfSamples({
  version,
  databaseUp,
  collections,
  scrapes,
  connections,
  statuses,
  saves,
}: SelfObservation): Sample[] {
  return [
    ...sample("jobstack_exporter_build_info", { version, node: process.versions.node }, 1),
    ...sample("jobstack_exporter_database_up", {}, databaseUp),
    ...sample("jobstack_exporter_collections_total", {}, collections),
    ...sample("jobstack_exporter_scrapes_total", {}, scrapes),
    ...sample("jobstack_exporter_pool_connections", { state: "idle" }, connections.idle),
    ...sample("jobstack_exporter_pool_connections", { state: "busy" }, connections.busy),
    ...statuses.flatMap(statusSamples),
    ...saves.flatMap(({ collector, saved }) =>
      sample("jobstack_exporter_state_save_success", { collector }, saved),
    ),
  ];
}

function statusSamples(status: CollectorStatus): Sample[] {
  const collector = status.collector.name;
  return [
    ...sample("jobstack_exporter_collector_success", { collector }, status.success),
    ...sample("jobstack_exporter_collector_skipped", { collector }, status.skipped),
    ...sample("jobstack_exporter_collector_duration_seconds", { collector }, seconds(status.durationMs)),
    ...sample(
      "jobstack_exporter_collector_last_success_timestamp_seconds",
      { collector },
      seconds(status.lastSuccessAt),
    ),
    ...sample("jobstack_exporter_collector_samples", { collector }, status.samples.length),
    ...sample("jobstack_exporter_collector_samples_dropped_total", { collector }, status.dropped),
    ...sample("jobstack_exporter_collector_reused_total", { collector }, status.reused),
    ...failureReasons.flatMap((reason) =>
      sample("jobstack_exporter_collector_errors_total", { collector, reason }, status.errors[reason]),
    ),
  ];
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
