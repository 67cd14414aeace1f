import { stringify } from "yaml";

export interface PrometheusConfigOptions {
  /** The exporter's environment, as its own series bear it: the label by which alerts notice that it is away. */
  environment: string;
  /** Address of the exporter, "host:port". */
  exporter: string;
  /** Absolute path of the rules file. */
  rules: string;
  /** Address of Alertmanager, "host:port"; without it alerts are only shown by Prometheus. */
  alertmanager?: string;
  /** How often to scrape and to evaluate the rules, as Prometheus writes it. Default: 5s. */
  scrapeInterval?: string;
}

/** The job label of the exporter's target, which the alerts rely on. */
export const scrapeJob = "jobstack";

/** A Prometheus configuration, as YAML, that scrapes one exporter. */
export function prometheusConfig(options: PrometheusConfigOptions): string {
  const { environment, exporter, rules, alertmanager, scrapeInterval = "5s" } = options;
  return stringify({
    global: { scrape_interval: scrapeInterval, evaluation_interval: scrapeInterval },
    rule_files: [rules],
    ...(alertmanager === undefined
      ? {}
      : { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }),
    scrape_configs: [
      {
        job_name: scrapeJob,
        // The exporter's own environment stays as it says.
        honor_labels: true,
        static_configs: [{ targets: [exporter], labels: { environment } }],
      },
    ],
  });
}
