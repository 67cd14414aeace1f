import { Listr } from "listr2";
import { UserError } from "../../user-error.ts";
import type { Market } from "./open-market.ts";

/** Processes orders until none is pending, and shows how far it is: on a screen in one line, in a log line by line. */
export async function processAll(market: Market): Promise<void> {
  await new Listr(
    [
      {
        title: "Processing pending orders",
        task: async (_, task) => {
          let done = 0;
          const pending = await market.countPending();
          const work = () => market.work().catch((cause) => stopped(done, cause));
          for (let orders = await work(); orders > 0; orders = await work()) {
            done += orders;
            // More may come meanwhile.
            task.output = `${format(done)} of ${format(Math.max(pending, done))}`;
          }
          task.title = done === 0 ? "No pending orders" : `${format(done)} orders processed`;
        },
      },
    ],
    { fallbackRenderer: "simple", rendererOptions: { showErrorMessage: false } },
  ).run();
}

function stopped(done: number, cause: unknown): never {
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new UserError(
    `stopped after ${format(done)} orders: ${reason}; these are done, run it again for the rest`,
    [],
    {
      cause,
    },
  );
}

function format(count: number): string {
  return count.toLocaleString("en-US");
}
