import { expect, it } from "vitest";
import { promqlLabels, promqlProblems } from "./promql-problems.ts";

it.each([
  "jobs_stuck > 0",
  'increase(jobs_finished_total{outcome="failed",environment=~"prod.*"}[15m]) > 0 and on (queue) jobs_paused == bool 0',
  "histogram_quantile(0.9, sum by (le, job_name) (rate(pg_cron_job_run_duration_seconds_bucket[5m])))",
  "rate(pg_cron_job_run_duration_seconds_sum[5m]) / rate(pg_cron_job_run_duration_seconds_count[5m] offset 1h)",
  'up{job="jobstack"} == 0 or absent(up{job="jobstack"})',
  "vector(1)",
])("finds nothing wrong with %s", (expr) => {
  expect(promqlProblems(expr)).toEqual([]);
});

it.each([
  ["jobs_lost > 0", 'metric "jobs_lost": not in the catalogue; write one that is'],
  [
    'jobs_stuck{worker="a"} > 0',
    'metric "jobs_stuck": has no label "worker"; write one of: queue, instance, job, environment, project',
  ],
  [
    'jobs_depth{status="lost"} > 0',
    'metric "jobs_depth": label "status" is never "lost"; write one of: ready, scheduled, processing',
  ],
  [
    "sum by (worker) (jobs_stuck)",
    'label "worker": on none of the metrics of this expression; write one of: instance, job, environment, project, queue',
  ],
  [
    "rate(pg_cron_job_run_duration_seconds[5m])",
    'metric "pg_cron_job_run_duration_seconds": not in the catalogue; write one that is',
  ],
  ["jobs_stuck_sum", 'metric "jobs_stuck_sum": not in the catalogue; write one that is'],
])("finds what does not exist in %s", (expr, problem) => {
  expect(promqlProblems(expr)).toEqual([problem]);
});

it("knows which labels the series of an expression can have", () => {
  expect([...promqlLabels("jobs_depth > 0")].sort()).toEqual([
    "environment",
    "instance",
    "job",
    "project",
    "queue",
    "status",
  ]);
});
