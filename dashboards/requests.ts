import * as units from "@grafana/grafana-foundation-sdk/units";
import { thresholds } from "../alerts/thresholds.ts";
import { page } from "./page.ts";
import { figure, graph, table, upOrDown } from "./panels.ts";
import * as pgNet from "./queries/pg-net.ts";
import * as queues from "./queries/queues.ts";
import { callerVariable } from "./variables.ts";

/** pg_net and what it carries: wake-ups of workers, and the calls of functions by schedules. */
export const requests = page({
  uid: "jobstack-requests",
  title: "Requests, wake-ups and functions",
  description: "What the database asks over HTTP: whether it is sent, what comes back, and who asked.",
  variables: [callerVariable],
  rows: [
    {
      title: "pg_net",
      panels: [
        upOrDown(
          { title: "Worker", description: "Whether pg_net's worker is there. Without it nothing is sent." },
          { expr: pgNet.workerUp, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Waiting",
            description:
              "Requests that wait to be sent. pg_net sends 200 at a time, and waits for the slowest of them.",
            unit: units.Short,
          },
          { expr: pgNet.queueLength, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Standstill",
            description:
              "How long the same request has been first. Requests bear no time, so this is how age shows.",
            unit: units.Seconds,
            badFrom: thresholds.pgNetStandstillSeconds,
          },
          { expr: pgNet.headUnchanged, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Responses kept for",
            description: "pg_net.ttl; pg_net deletes older responses only while it sends.",
            unit: units.Seconds,
          },
          { expr: pgNet.historyTtl, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Oldest response",
            description: "When the oldest response was recorded that is kept.",
            unit: units.DateTimeFromNow,
          },
          { expr: `${pgNet.historyOldest} * 1000`, legend: "{{environment}}" },
        ),
        figure(
          {
            title: "Responses kept",
            description: "Rows in net._http_response as the planner estimates them.",
            unit: units.Short,
          },
          { expr: pgNet.historyRows, legend: "{{environment}}" },
        ),
        graph(
          {
            title: "Responses",
            description:
              "What became of requests: a class of status, a timeout, or an error without a status.",
            unit: units.RequestsPerSecond,
          },
          [{ expr: pgNet.responses, legend: "{{environment}} {{outcome}}" }],
        ),
        graph(
          {
            title: "Queue",
            description: "Requests that wait. Rising: the worker is gone, or something answers slowly.",
            unit: units.Short,
          },
          [{ expr: pgNet.queueLength, legend: "{{environment}}" }],
        ),
      ],
    },
    {
      title: "Functions, by who called them",
      panels: [
        table(
          {
            title: "Callers",
            description:
              "Schedules and queues that call functions, and how the function answered them lately.",
            unit: units.Short,
          },
          ["environment", "source", "name"],
          [
            {
              title: "Failures in a row",
              expr: pgNet.callFailures,
              unit: units.Short,
              badFrom: thresholds.callFailures,
            },
            { title: "Last success", expr: `${pgNet.callLastSuccess} * 1000`, unit: units.DateTimeFromNow },
          ],
        ),
        graph(
          {
            title: "Responses by caller",
            description:
              "A cron job whose function fails shows here, though its run succeeded: it only sent the request.",
            unit: units.Short,
          },
          [{ expr: pgNet.callResponses, legend: "{{environment}} {{source}} {{name}} {{outcome}}" }],
        ),
        graph(
          {
            title: "Wake-ups",
            description: "Calls for a worker: sent, coalesced because one was awake, or failed.",
            unit: units.Short,
          },
          [{ expr: queues.all.wakeups, legend: "{{environment}} {{queue}} {{result}}" }],
        ),
      ],
    },
  ],
});
