import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import type { MetricName } from "../exporter/catalogue.ts";

/** Where panels and variables read; Grafana fills in what the user chose. */
export const datasource = { type: "prometheus", uid: "$datasource" };

/** What every dashboard can be narrowed to. */
export const commonVariables = [
  new DatasourceVariableBuilder("datasource").label("Data Source").type("prometheus"),
  choice("environment", "Environment", "jobstack_exporter_build_info"),
  choice("job", "Job", 'jobstack_exporter_build_info{environment=~"$environment"}'),
  choice("instance", "Instance", 'jobstack_exporter_build_info{environment=~"$environment",job=~"$job"}'),
];

export const queueVariable = ownChoice("queue", "Queue", "jobs_paused");
export const cronJobVariable = ownChoice("job_name", "Cron job", "pg_cron_job_active");
export const callerVariable = ownChoice("name", "Caller", "pg_net_call_consecutive_failures");
export const collectorVariable = ownChoice("collector", "Collector", "jobstack_exporter_collector_skipped");

function ownChoice(name: string, label: string, metric: MetricName) {
  return choice(name, label, `${metric}{environment=~"$environment",job=~"$job",instance=~"$instance"}`);
}

/** Several at once; all of them at first. */
function choice(name: string, label: string, selector: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ query: `label_values(${selector}, ${name})`, refId: "variables" })
    .definition(`label_values(${selector}, ${name})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue(".+")
    .current({ selected: true, text: "All", value: "$__all" });
}
