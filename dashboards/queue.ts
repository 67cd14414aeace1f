import * as units from "@grafana/grafana-foundation-sdk/units";
import { thresholds } from "../alerts/thresholds.ts";
import { page } from "./page.ts";
import { figure, graph, upOrDown } from "./panels.ts";
import * as queues from "./queries/queues.ts";
import { queueVariable } from "./variables.ts";

export const queueUid = "jobstack-queue";

const legend = "{{environment}} {{queue}}";
const quantiles = [0.5, 0.95, 0.99];

/** One queue: what waits, what works, what fails, and why it waits. */
export const queue = page({
  uid: queueUid,
  title: "Queue",
  description: "What one queue has to do, how fast it does it, and what goes wrong.",
  variables: [queueVariable],
  rows: [
    {
      title: "Now",
      panels: [
        figure(
          { title: "Ready", description: "Jobs that could be started now.", unit: units.Short },
          { expr: queues.depthOf("ready"), legend },
        ),
        figure(
          {
            title: "Oldest ready job",
            description: "How long it has waited. It should be about the time that a worker needs to come.",
            unit: units.Seconds,
            badFrom: thresholds.oldestReadySeconds,
          },
          { expr: queues.oldestReady, legend },
        ),
        figure(
          {
            title: "Stuck",
            description: "Jobs that have been processing for longer than the queue allows.",
            unit: units.Short,
            badFrom: 1,
          },
          { expr: queues.stuck, legend },
        ),
        upOrDown(
          { title: "Paused", description: "A paused queue takes jobs in and gives none out." },
          { expr: `1 - ${queues.paused}`, legend },
          { yes: "open", no: "paused" },
        ),
        upOrDown(
          {
            title: "Times observed",
            description:
              "Whether waiting and run times are shown; that takes an index on the jobs' completion time.",
          },
          { expr: queues.timesObserved, legend },
          { yes: "yes", no: "no index" },
        ),
        figure(
          {
            title: "Last tick",
            description:
              "When jobstack.tick() last ran, which promotes, rescues and wakes where a wake-up was lost.",
            unit: units.DateTimeFromNow,
          },
          { expr: `${queues.ticked} * 1000`, legend: "{{environment}}" },
        ),
      ],
    },
    {
      title: "Rate, errors, duration",
      panels: [
        graph(
          {
            title: "In and out",
            description:
              "Jobs that came in and that reached their end, per second. Out below in for long is a backlog.",
            unit: units.OpsPerSecond,
          },
          [
            { expr: queues.enqueued, legend: `${legend} enqueued` },
            { expr: queues.finished, legend: `${legend} {{outcome}}` },
          ],
        ),
        graph(
          {
            title: "Failures",
            description: "Attempts that are tried again, leases that ran out, and jobs that failed for good.",
            unit: units.Short,
          },
          [
            { expr: queues.retried, legend: `${legend} retried` },
            { expr: queues.leasesExpired, legend: `${legend} lease expired` },
            { expr: queues.deadLettered, legend: `${legend} failed for good` },
          ],
        ),
        graph(
          {
            title: "Waiting time",
            description: "From a job's creation to its start, of jobs that have finished.",
            unit: units.Seconds,
            badFrom: thresholds.oldestReadySeconds,
          },
          quantiles.map((q) => ({ expr: queues.wait(q), legend: `${legend} p${q * 100}` })),
        ),
        graph(
          {
            title: "Run time",
            description: "From the start of a job's last attempt to its end, by outcome.",
            unit: units.Seconds,
          },
          quantiles.map((q) => ({ expr: queues.run(q), legend: `${legend} {{outcome}} p${q * 100}` })),
        ),
        graph(
          {
            title: "Share of failed jobs",
            description: "Of the jobs that ended, how many failed for good.",
            unit: units.PercentUnit,
          },
          [{ expr: queues.failedShare, legend }],
        ),
        graph(
          {
            title: "Attempts per job",
            description: "How many attempts finished jobs took on average. 1 is best.",
            unit: units.Short,
          },
          [{ expr: queues.attempts, legend }],
        ),
      ],
    },
    {
      title: "Backlog and workers",
      panels: [
        graph(
          {
            title: "Unfinished jobs",
            description: "Jobs by where they are. Waiting retries count as scheduled.",
            unit: units.Short,
          },
          [{ expr: queues.depth, legend: `${legend} {{status}}` }],
        ),
        graph(
          {
            title: "Age of the oldest jobs",
            description:
              "How long the oldest ready job has waited, and the oldest one that is processing has run.",
            unit: units.Seconds,
            badFrom: thresholds.oldestReadySeconds,
          },
          [
            { expr: queues.oldestReady, legend: `${legend} ready` },
            { expr: queues.oldestProcessing, legend: `${legend} processing` },
          ],
        ),
        graph(
          {
            title: "Workers",
            description: "Workers that are awake, and those that were called and have not come yet.",
            unit: units.Short,
          },
          [{ expr: queues.workers, legend: `${legend} {{state}}` }],
        ),
        graph(
          {
            title: "Wake-ups",
            description:
              "Calls for a worker: sent, coalesced because one was awake, or failed. Failed ones cost the wait for a tick.",
            unit: units.Short,
          },
          [{ expr: queues.wakeups, legend: `${legend} {{result}}` }],
        ),
      ],
    },
  ],
});
