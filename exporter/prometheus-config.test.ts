import { expect, it } from "vitest";
import { parse } from "yaml";
import { prometheusConfig } from "./prometheus-config.ts";

const options = { environment: "staging", exporter: "127.0.0.1:54330", rules: "/rules.yaml" };

it("scrapes the exporter and evaluates the rules every five seconds", () => {
  expect(parse(prometheusConfig({ ...options, alertmanager: "127.0.0.1:54332" }))).toEqual({
    global: { scrape_interval: "5s", evaluation_interval: "5s" },
    rule_files: ["/rules.yaml"],
    alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:54332"] }] }] },
    scrape_configs: [
      {
        job_name: "jobstack",
        honor_labels: true,
        static_configs: [{ targets: ["127.0.0.1:54330"], labels: { environment: "staging" } }],
      },
    ],
  });
});

it("names no Alertmanager where there is none", () => {
  expect(parse(prometheusConfig(options))).not.toHaveProperty("alerting");
});
