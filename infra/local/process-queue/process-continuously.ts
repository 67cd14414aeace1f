import { describeEvent, runObservedWorker } from "../../../supabase/functions/_shared/worker.ts";
import type { Market } from "./open-market.ts";

/**
 * Processes orders as they come, in place of the Edge Function, until the signal; whatever is left then is the function's
 * again. Prints a line for each transaction.
 */
export async function processContinuously(
  market: Market,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<void> {
  let processed = 0;
  const worker = runObservedWorker({
    queue: "market",
    query: market.query,
    work: market.work,
    lingerMs: Number.POSITIVE_INFINITY,
    giveUpMs: Number.POSITIVE_INFINITY,
    onEvent: (event) => {
      if (event.kind === "worked") processed += event.jobs;
      if (event.kind !== "nothingToDo") print(describeEvent(event));
    },
  });
  signal.addEventListener("abort", () => worker.stop(), { once: true });
  print("Waiting for orders; Ctrl-C stops");
  // Fails only when the database is away while it stops; the orders are safe there.
  await worker.finished.catch(() => {});
  print(`Stopped; ${processed} ${processed === 1 ? "order" : "orders"} processed`);
}
