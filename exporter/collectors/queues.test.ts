import { expect, it } from "vitest";
import { fakeQuery } from "../testing/fake-database.ts";
import { queueRow } from "../testing/queue-row.ts";
import { type QueueRow, queues } from "./queues.ts";

async function collect(rows: readonly QueueRow[]) {
  return (await queues.collect(fakeQuery({ "metrics_queue()": rows }), 0, null)).samples;
}

it("shows the depths, ages and counters of a queue", async () => {
  const queue = "mail";
  const row = queueRow({
    ready: 1,
    scheduled: 2,
    processing: 3,
    stuck: 4,
    paused: true,
    oldest_ready_age: 5.5,
    oldest_processing_age: 6.5,
    enqueued_total: 7,
    completed_total: 8,
    failed_total: 9,
    cancelled_total: 15,
    retried_total: 10,
    lease_expired_total: 11,
    wake_sent_total: 12,
    wake_coalesced_total: 13,
    wake_failed_total: 14,
  });
  const samples = await collect([row]);
  expect(samples).toEqual([
    { name: "jobs_depth", labels: { queue, status: "ready" }, value: 1 },
    { name: "jobs_depth", labels: { queue, status: "scheduled" }, value: 2 },
    { name: "jobs_depth", labels: { queue, status: "processing" }, value: 3 },
    { name: "jobs_stuck", labels: { queue }, value: 4 },
    { name: "jobs_paused", labels: { queue }, value: 1 },
    { name: "jobs_oldest_ready_age_seconds", labels: { queue }, value: 5.5 },
    { name: "jobs_oldest_processing_age_seconds", labels: { queue }, value: 6.5 },
    { name: "jobs_enqueued_total", labels: { queue }, value: 7 },
    { name: "jobs_finished_total", labels: { queue, outcome: "completed" }, value: 8 },
    { name: "jobs_finished_total", labels: { queue, outcome: "failed" }, value: 9 },
    { name: "jobs_finished_total", labels: { queue, outcome: "cancelled" }, value: 15 },
    { name: "jobs_retried_total", labels: { queue }, value: 10 },
    { name: "jobs_lease_expired_total", labels: { queue }, value: 11 },
    { name: "jobs_wakeups_total", labels: { queue, result: "sent" }, value: 12 },
    { name: "jobs_wakeups_total", labels: { queue, result: "coalesced" }, value: 13 },
    { name: "jobs_wakeups_total", labels: { queue, result: "failed" }, value: 14 },
  ]);
  expect(new Set(samples.map(({ name }) => name))).toEqual(new Set(queues.metrics));
});

it("has no sample for NULL", async () => {
  const empty = Object.fromEntries(
    Object.keys(queueRow()).map((column) => [column, null]),
  ) as unknown as QueueRow;
  expect(await collect([{ ...empty, queue: "mail" }])).toEqual([]);
});

it("has no samples when no queue is declared", async () => {
  expect(await collect([])).toEqual([]);
});
