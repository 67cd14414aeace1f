import * as units from "@grafana/grafana-foundation-sdk/units";
import { thresholds } from "../alerts/thresholds.ts";
import { page } from "./page.ts";
import { figure, graph, table, upOrDown } from "./panels.ts";
import * as cron from "./queries/cron.ts";
import * as exporter from "./queries/exporter.ts";
import * as pgNet from "./queries/pg-net.ts";
import * as queues from "./queries/queues.ts";
import { queueUid } from "./queue.ts";
import { maxBy, sumBy } from "./selector.ts";

/** All environments at a glance: does it run, does work pile up, does it fail. */
export const overview = page({
  uid: "jobstack-overview",
  title: "Overview",
  description: "Whether background jobs run in each environment, and where to look when they do not.",
  rows: [
    {
      title: "Is everything there?",
      panels: [
        upOrDown(
          {
            title: "Database",
            description:
              "Whether the exporter reaches the database. If not, nothing else here can be believed.",
          },
          { expr: exporter.databaseUp, legend: "{{environment}}" },
        ),
        upOrDown(
          {
            title: "Cron scheduler",
            description:
              "Whether pg_cron's launcher is there. Without it no cron job starts, and no tick rescues work.",
          },
          { expr: cron.schedulerUp, legend: "{{environment}}" },
        ),
        upOrDown(
          {
            title: "pg_net worker",
            description: "Whether the process is there that sends wake-ups and the requests of schedules.",
          },
          { expr: pgNet.workerUp, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Stuck jobs",
            description:
              "Jobs that have been processing for longer than their queue allows. One is enough for an alert.",
            unit: units.Short,
            badFrom: 1,
          },
          { expr: sumBy(["environment"], queues.all.stuck), legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Oldest ready job",
            description: "How long the job has waited that has waited longest, of all queues.",
            unit: units.Seconds,
            badFrom: thresholds.oldestReadySeconds,
          },
          { expr: maxBy(["environment"], queues.all.oldestReady), legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Cron jobs that fail",
            description: "Cron jobs whose newest finished run failed.",
            unit: units.Short,
            badFrom: 1,
          },
          { expr: cron.all.failing, legend: "{{environment}}" },
        ),
      ],
    },
    {
      title: "Queues",
      panels: [
        graph(
          {
            title: "Finished jobs",
            description: "Jobs that reached their end, per second, by outcome. Compare with what comes in.",
            unit: units.OpsPerSecond,
          },
          [
            { expr: queues.all.finished, legend: "{{environment}} {{queue}} {{outcome}}" },
            { expr: queues.all.enqueued, legend: "{{environment}} {{queue}} enqueued" },
          ],
        ),
        graph(
          {
            title: "Share of failed jobs",
            description: "Of the jobs that ended, how many failed for good.",
            unit: units.PercentUnit,
          },
          [{ expr: queues.all.failedShare, legend: "{{environment}} {{queue}}" }],
        ),
        graph(
          {
            title: "Waiting time, 95th percentile",
            description: "From a job's creation to its start. What users wait before anything happens.",
            unit: units.Seconds,
            badFrom: thresholds.oldestReadySeconds,
          },
          [{ expr: queues.all.wait(0.95), legend: "{{environment}} {{queue}}" }],
        ),
        graph(
          {
            title: "Run time, 95th percentile",
            description: "From the start of a job's last attempt to its end.",
            unit: units.Seconds,
          },
          [{ expr: queues.all.run, legend: "{{environment}} {{queue}}" }],
        ),
        table(
          {
            title: "Queues",
            description:
              "Unfinished jobs of each queue, and how old the oldest ready one is. A queue opens its dashboard.",
            unit: units.Short,
          },
          ["environment", "queue"],
          [
            { title: "Ready", expr: queues.all.depthOf("ready"), unit: units.Short },
            { title: "Scheduled", expr: queues.all.depthOf("scheduled"), unit: units.Short },
            { title: "Processing", expr: queues.all.depthOf("processing"), unit: units.Short },
            { title: "Stuck", expr: queues.all.stuck, unit: units.Short, badFrom: 1 },
            {
              title: "Oldest ready",
              expr: queues.all.oldestReady,
              unit: units.Seconds,
              badFrom: thresholds.oldestReadySeconds,
            },
            { title: "Paused", expr: queues.all.paused, unit: units.Short, badFrom: 1 },
          ],
          { uid: queueUid, label: "queue", variable: "queue" },
        ),
      ],
    },
    {
      title: "Schedules and requests",
      panels: [
        graph(
          {
            title: "Failed runs of cron jobs",
            description:
              "Runs that failed. A job that only sends a request succeeds here even if the answer is an error.",
            unit: units.Short,
          },
          [{ expr: cron.all.failures, legend: "{{environment}} {{job_name}}" }],
        ),
        graph(
          {
            title: "Missed runs of cron jobs",
            description: "Due times at which nothing ran: the scheduler was down, or too busy.",
            unit: units.Short,
          },
          [{ expr: cron.all.missed, legend: "{{environment}}" }],
        ),
        graph(
          {
            title: "Responses to requests of the database",
            description:
              "What pg_net heard, by what became of the request: a status, a timeout, or an error without one.",
            unit: units.RequestsPerSecond,
          },
          [{ expr: pgNet.responses, legend: "{{environment}} {{outcome}}" }],
        ),
        graph(
          {
            title: "Alerts of the database itself",
            description:
              "Alerts that the database tells a webhook by itself: whether they fire, and what is not delivered.",
            unit: units.Short,
          },
          [
            { expr: queues.ownAlerts, legend: "{{environment}} {{alert}} fires" },
            { expr: queues.ownAlertMessages, legend: "{{environment}} {{alert}} undelivered" },
          ],
        ),
      ],
    },
  ],
});
