import type { QueueClient } from "./queue-client.ts";
import type { WorkerEvent } from "./worker-event.ts";

/** Leaves the queue, and calls for a successor when there is work left. */
export async function handOver(
  client: Pick<QueueClient, "sleep" | "wake">,
  onEvent: (event: WorkerEvent) => void,
): Promise<void> {
  if (await client.sleep()) return;
  await client.wake();
  onEvent({ kind: "handedOver" });
}
