import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect } from "vitest";
import { prometheusRules } from "../../alerts/prometheus-rules.ts";
import { alertSettings } from "../../alerts/settings.ts";
import { catalogue, type MetricName } from "../catalogue.ts";

/** Scrapes are read without the label `environment`, which for Prometheus is the same as an empty one. */
const rules = prometheusRules("", alertSettings.parse({}));

export interface Scrapes {
  /** One a minute, as `TestExporter.scrape()` returns them. */
  scrapes: readonly ReadonlyMap<string, number>[];
  /** The time of the last one; Unix time in seconds. */
  until: number;
  /** For how many minutes what the last one shows goes on, for alerts that fire later. */
  held?: number;
}

/**
 * Lets promtool judge by the project's rules: every alert of `firing` must have fired by the end, and none of `silent`.
 */
export async function expectAlerts(
  { scrapes, until, held = 0 }: Scrapes,
  { firing = [], silent = [] }: { firing?: string[]; silent?: string[] },
): Promise<void> {
  const ever = (alert: string, least: number) => ({
    expr: `max(max_over_time(ALERTS{alertname="${alert}",alertstate="firing"}[2h])) or vector(0)`,
    eval_time: `${scrapes.length - 1 + held}m`,
    exp_samples: [{ labels: "{}", value: least }],
  });
  const test = {
    rule_files: ["rules.yaml"],
    evaluation_interval: "1m",
    tests: [
      {
        interval: "1m",
        input_series: inputSeries(scrapes, until, held),
        promql_expr_test: [
          ...firing.map((alert) => ever(alert, 1)),
          ...silent.map((alert) => ever(alert, 0)),
        ],
      },
    ],
  };
  const folder = mkdtempSync(path.join(tmpdir(), "jobstack-alerts-"));
  try {
    const file = path.join(folder, "test.yaml");
    writeFileSync(path.join(folder, "rules.yaml"), rules);
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(test));
    const { stdout, stderr, exitCode } = await execa("promtool", ["test", "rules", file], { reject: false });
    expect({ exitCode, output: exitCode === 0 ? "" : stdout + stderr }).toEqual({ exitCode: 0, output: "" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** promtool's time begins at 0, so times are counted from the first scrape. */
function inputSeries(scrapes: Scrapes["scrapes"], until: number, held: number) {
  const start = until - (scrapes.length - 1) * 60;
  const names = new Set(scrapes.flatMap((scrape) => [...scrape.keys()]));
  return [...names]
    .filter((series) => !/^(nodejs|process)_/.test(series))
    .map((series) => {
      const metric = catalogue[series.replace(/\{.*/, "") as MetricName];
      const shown = (value: number | undefined) =>
        value === undefined ? "_" : String(metric?.unit === "timestamp" ? value - start : value);
      const all = [...scrapes, ...Array.from({ length: held }, () => scrapes.at(-1))];
      return { series, values: all.map((scrape) => shown(scrape?.get(series))).join(" ") };
    });
}
