import type pg from "pg";
import type { Alert } from "./alert-events.ts";
import type { QueueCounters } from "./queue-events.ts";

const counters = `
  select queue, enqueued_total, completed_total, failed_total, retried_total, lease_expired_total,
         wake_sent_total, wake_failed_total
  from jobstack.metrics_queue()`;

/** The counters of all queues; costs the same however many jobs there were. */
export async function readQueueCounters(client: pg.Client): Promise<QueueCounters[]> {
  const { rows } = await client.query<Record<keyof QueueCounters, string>>(counters);
  return rows.map(({ queue, ...counts }) => ({
    queue,
    ...(Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])) as Omit<
      QueueCounters,
      "queue"
    >),
  }));
}

/** The alerts that fire now, without those that only prove that alerting works. */
export async function readAlerts(alertmanagerUrl: string): Promise<Alert[]> {
  const response = await fetch(`${alertmanagerUrl}/api/v2/alerts?active=true`, {
    signal: AbortSignal.timeout(2_000),
  });
  const alerts = (await response.json()) as Alert[];
  return alerts.filter(({ labels }) => labels.severity !== "none");
}
