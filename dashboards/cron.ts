import * as units from "@grafana/grafana-foundation-sdk/units";
import { thresholds } from "../alerts/thresholds.ts";
import { page } from "./page.ts";
import { figure, graph, table, upOrDown } from "./panels.ts";
import * as queries from "./queries/cron.ts";
import { cronJobVariable } from "./variables.ts";

const legend = "{{environment}} {{job_name}}";

/** pg_cron: is it alive, what is due, what was late, missed or failed. */
export const cron = page({
  uid: "jobstack-cron",
  title: "Cron jobs",
  description:
    "pg_cron's scheduler and its jobs: what ran, what is due, and what was late, missed or failed.",
  variables: [cronJobVariable],
  rows: [
    {
      title: "Scheduler",
      panels: [
        upOrDown(
          {
            title: "Scheduler",
            description: "Whether pg_cron's launcher is there. Without it no job starts.",
          },
          { expr: queries.schedulerUp, legend: "{{environment}}" },
        ),
        upOrDown(
          {
            title: "Runs recorded",
            description: "Whether pg_cron records runs (cron.log_run). If not, nothing below moves.",
          },
          { expr: queries.logRun, legend: "{{environment}}" },
          { yes: "yes", no: "no" },
        ),
        figure(
          {
            title: "Running",
            description: "Jobs with a run under way. At the most that pg_cron runs at once, others wait.",
            unit: units.Short,
          },
          { expr: queries.running, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "At most",
            description: "Most jobs that pg_cron runs at once (cron.max_running_jobs).",
            unit: units.Short,
          },
          { expr: queries.maxRunning, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "History",
            description:
              "Size of cron.job_run_details. pg_cron never prunes it; jobstack.tick() does after seven days.",
            unit: units.BytesIEC,
            badFrom: thresholds.cronHistoryBytes,
          },
          { expr: queries.historyBytes, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Oldest run",
            description:
              "When the oldest run began that is kept. Far more than a week ago: pruning does not work.",
            unit: units.DateTimeFromNow,
          },
          { expr: `${queries.historyOldest} * 1000`, legend: "{{environment}}" },
        ),
      ],
    },
    {
      title: "Jobs",
      panels: [
        table(
          {
            title: "Jobs",
            description: "Each job with its last and next run, and how it went lately.",
            unit: units.Short,
          },
          ["environment", "job_name", "database"],
          [
            { title: "Active", expr: queries.active, unit: units.Short },
            { title: "Last start", expr: `${queries.lastStart} * 1000`, unit: units.DateTimeFromNow },
            { title: "Last end", expr: `${queries.lastEnd} * 1000`, unit: units.DateTimeFromNow },
            { title: "Took", expr: queries.lastDuration, unit: units.Seconds },
            { title: "Last success", expr: `${queries.lastSuccess} * 1000`, unit: units.DateTimeFromNow },
            { title: "Failures in a row", expr: queries.failuresInARow, unit: units.Short, badFrom: 1 },
            { title: "Missed just now", expr: queries.missed, unit: units.Short, badFrom: 1 },
            { title: "Was due", expr: `${queries.expected} * 1000`, unit: units.DateTimeFromNow },
            { title: "Next", expr: `${queries.next} * 1000`, unit: units.DateTimeFromNow },
            { title: "Interval", expr: queries.interval, unit: units.Seconds },
          ],
        ),
        table(
          {
            title: "Schedules",
            description:
              "What each job is, and the status of its newest run. Commands are not shown: they may hold tokens.",
            unit: units.Short,
          },
          ["environment", "job_name", "database", "schedule", "username", "status"],
          [
            { title: "Job", expr: queries.info, unit: units.Short },
            { title: "Status", expr: queries.lastStatus, unit: units.Short },
          ],
        ),
      ],
    },
    {
      title: "Runs",
      panels: [
        graph({ title: "Finished runs", description: "Runs that ended, by outcome.", unit: units.Short }, [
          { expr: queries.runs, legend: `${legend} {{status}}` },
        ]),
        graph(
          {
            title: "Failed runs by reason",
            description:
              "startup_timeout and connection: no process or connection was left. error: the job's own SQL.",
            unit: units.Short,
          },
          [{ expr: queries.failures, legend: `${legend} {{reason}}` }],
        ),
        graph(
          { title: "Duration, 95th percentile", description: "How long runs take.", unit: units.Seconds },
          [{ expr: queries.duration, legend }],
        ),
        graph(
          {
            title: "Run under way since",
            description:
              "How old the run is that is under way. A run that never ends holds back all later ones of its job.",
            unit: units.Seconds,
            badFrom: thresholds.cronRunSeconds,
          },
          [{ expr: queries.openRun, legend }],
        ),
        graph(
          {
            title: "Time since the last success",
            description: "Should be about the job's interval.",
            unit: units.Seconds,
          },
          [{ expr: queries.sinceSuccess, legend }],
        ),
      ],
    },
    {
      title: "Punctuality",
      panels: [
        graph(
          {
            title: "Start delay, 95th percentile",
            description:
              "How long after its due time a run begins. High when runs outlast their interval or too many start at once.",
            unit: units.Seconds,
          },
          [{ expr: queries.startDelay, legend }],
        ),
        graph(
          {
            title: "Missed runs",
            description: "Due times at which no run began within a minute.",
            unit: units.Short,
          },
          [{ expr: queries.missed, legend }],
        ),
        graph(
          {
            title: "Late runs",
            description: "Runs per second that began more than ten seconds after they were due.",
            unit: units.OpsPerSecond,
          },
          [{ expr: queries.late, legend }],
        ),
        graph(
          {
            title: "Rows of history",
            description:
              "Rows in cron.job_run_details as the planner estimates them. Every run of every job is one.",
            unit: units.Short,
          },
          [{ expr: queries.historyRows, legend: "{{environment}}" }],
        ),
      ],
    },
  ],
});
