import { AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource } from "./variables.ts";

/** What a pipeline posts to Grafana's API for annotations after it deployed. */
const deployments = {
  type: "tags",
  tags: ["deployment", "jobstack"],
  matchAny: false,
  limit: 100,
  _implementsDataqueryVariant: () => undefined,
};

/** What is drawn across all graphs: alerts while they fire, and deployments that a pipeline told Grafana of. */
export const annotations = [
  new AnnotationQueryBuilder()
    .name("Alerts")
    .datasource(datasource)
    .enable(true)
    .iconColor("red")
    .expr('ALERTS{alertstate="firing",severity!="none",environment=~"$environment"}')
    .titleFormat("{{alertname}}")
    .textFormat("{{environment}} {{queue}} {{job_name}}")
    .step("60s"),
  new AnnotationQueryBuilder()
    .name("Deployments")
    .datasource({ type: "datasource", uid: "-- Grafana --" })
    .enable(true)
    .iconColor("blue")
    .target({ build: () => deployments }),
];
