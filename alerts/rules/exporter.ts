import type { RuleGroup } from "../rule.ts";
import type { RuleContext } from "../rule-context.ts";

/** Whether the other alerts can be believed. */
export function exporterRules(context: RuleContext): RuleGroup {
  const { series, exporterUp, thresholds } = context;
  return {
    name: "jobstack-exporter",
    dashboard: "jobstack-exporter",
    rules: [
      {
        name: "JobstackExporterDown",
        expr: `${exporterUp} == 0 or absent(${exporterUp})`,
        for: thresholds.outageFor,
        severity: "critical",
        summary: "Prometheus gets no answer from the Jobstack exporter.",
        description:
          "Scrapes of the exporter of {{ $labels.environment }} fail, so no other alert on jobs can fire there.",
      },
      {
        name: "JobstackExporterDatabaseDown",
        expr: `${series("jobstack_exporter_database_up")} == 0`,
        for: thresholds.outageFor,
        severity: "critical",
        summary: "The Jobstack exporter cannot reach its database.",
        description:
          "The database of {{ $labels.environment }} does not answer the exporter {{ $labels.instance }}.",
      },
      {
        name: "JobstackCollectorFailing",
        expr: `${series("jobstack_exporter_collector_success")} == 0 and on (instance, environment, project) ${series("jobstack_exporter_database_up")} == 1`,
        for: thresholds.collectorFailingFor,
        severity: "warning",
        summary: "A collector of the Jobstack exporter keeps failing.",
        description:
          "Collector {{ $labels.collector }} fails in {{ $labels.environment }}; its metrics are absent and its alerts blind.",
      },
      {
        name: "JobstackSamplesDropped",
        expr: `increase(${series("jobstack_exporter_collector_samples_dropped_total")}[${thresholds.droppedWindow}]) > 0`,
        severity: "warning",
        summary: "A collector of the Jobstack exporter has more samples than it shows.",
        description:
          "Collector {{ $labels.collector }} in {{ $labels.environment }} leaves samples out, and alerts on them are blind.",
      },
      {
        name: "JobstackConfigReloadFailed",
        expr: `${series("jobstack_exporter_config_last_reload_successful")} == 0`,
        for: "1m",
        severity: "warning",
        summary: "The Jobstack exporter could not take over its new configuration.",
        description:
          "The exporter {{ $labels.instance }} of {{ $labels.environment }} goes on with the configuration before the last one.",
      },
    ],
  };
}
