/** The counters of one queue that tell what happened in it; all only ever grow. */
export interface QueueCounters {
  queue: string;
  enqueued_total: number;
  completed_total: number;
  failed_total: number;
  retried_total: number;
  lease_expired_total: number;
  wake_sent_total: number;
  wake_failed_total: number;
}

type Counter = Exclude<keyof QueueCounters, "queue">;

const phrases: [Counter, (count: string, plural: string) => string][] = [
  ["enqueued_total", (count, s) => `${count} job${s} added`],
  ["wake_sent_total", (count, s) => `worker woken${count === "1" ? "" : `, ${count} call${s}`}`],
  ["wake_failed_total", (count, s) => `${count} wake-up${s} failed`],
  ["lease_expired_total", (count, s) => `${count} lease${s} expired`],
  ["retried_total", (count, s) => `${count} job${s} failed and will be tried again`],
  ["completed_total", (count, s) => `${count} job${s} finished`],
  ["failed_total", (count, s) => `${count} job${s} failed for good`],
];

/** One line per kind of event between two readings; a queue that is new since then starts at zero. */
export function describeQueueEvents(before: QueueCounters[], after: QueueCounters[]): string[] {
  return after.flatMap((now) => {
    const then = before.find(({ queue }) => queue === now.queue);
    return phrases.flatMap(([counter, phrase]) => {
      const count = now[counter] - (then?.[counter] ?? 0);
      if (count <= 0) return [];
      return [`${now.queue}: ${phrase(count.toLocaleString("en"), count === 1 ? "" : "s")}`];
    });
  });
}
