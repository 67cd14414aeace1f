import { alertedEnvironments } from "../alerts/generate.ts";
import { prometheusConfig } from "../exporter/prometheus-config.ts";

/** Prometheus' configuration for compose.yaml, one for each environment in the cloud; paths are from the root of the project. */
export function generateDockerFiles(): { path: string; content: string }[] {
  return alertedEnvironments()
    .filter(({ environment }) => environment !== "local")
    .map(({ environment }) => ({
      path: `docker/generated/prometheus-${environment}.yaml`,
      content: `# DO NOT EDIT: written by \`npm run generate\` from docker/generate.ts.\n${prometheusConfig({
        environment,
        exporter: "exporter:54330",
        rules: "/etc/prometheus/jobstack/prometheus-rules.yaml",
        alertmanager: "alertmanager:9093",
        scrapeInterval: "15s",
      })}`,
    }));
}
