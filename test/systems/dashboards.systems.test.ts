import { expect, it, vi } from "vitest";
import { allExpressions } from "../../dashboards/expressions.ts";
import type { MetricName } from "../../exporter/catalogue.ts";
import { systemsPlatform } from "./platform.ts";

const platform = systemsPlatform();

/** What a sound platform may have nothing of, and why. */
const absentWhenAllIsWell: Partial<Record<MetricName, string>> = {
  jobs_oldest_ready_age_seconds: "no job waits",
  jobs_oldest_processing_age_seconds: "no job is processing",
  pg_cron_job_open_run_start_timestamp_seconds: "no run is under way",
  pg_cron_run_history_estimated_rows: "the table was not analyzed yet",
  pg_net_queue_head_unchanged_seconds: "no request waits",
  pg_net_response_history_estimated_rows: "the table was not analyzed yet",
  pg_net_response_history_oldest_timestamp_seconds: "nothing was asked yet",
  pg_net_call_last_success_timestamp_seconds: "nothing was asked yet",
  jobs_alert_firing: "no alert was checked yet",
  jobs_alert_messages_waiting: "no alert was checked yet",
};

function mayBeEmpty(expr: string): boolean {
  return Object.keys(absentWhenAllIsWell).some((name) => new RegExp(`\\b${name}\\{`).test(expr));
}

/** How many series Prometheus finds. */
async function seriesOf(expr: string): Promise<number> {
  const response = await fetch(`${platform.url("prometheus")}/api/v1/query`, {
    method: "POST",
    body: new URLSearchParams({ query: expr }),
  });
  const { status, data, error } = (await response.json()) as {
    status: string;
    data?: { result: unknown[] };
    error?: string;
  };
  if (status !== "success") throw new Error(`${expr}: ${error}`);
  return data?.result.length ?? 0;
}

it("finds series for every panel of every dashboard, on the running Prometheus", async () => {
  let missing = allExpressions("1m");
  await vi.waitFor(
    async () => {
      const found = await Promise.all(missing.map(({ expr }) => seriesOf(expr)));
      missing = missing.filter(({ expr }, index) => found[index] === 0 && !mayBeEmpty(expr));
      expect(missing).toEqual([]);
    },
    { timeout: 110_000, interval: 3000 },
  );
});
