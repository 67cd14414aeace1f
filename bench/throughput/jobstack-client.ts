// Jobstack's Node worker: `jobstack-client.ts <database url> <options as JSON>`.
import { startWorker } from "../../worker/index.ts";
// @ts-expect-error: plain JavaScript, shared with the peers.
import { count, run } from "../support/peers/client.mjs";
import { queue } from "../support/queue-name.ts";

const [, , database = "", options = "{}"] = process.argv;

await run(
  () =>
    startWorker({
      database,
      queue,
      once: true,
      handler: async () => {
        count();
      },
      ...JSON.parse(options),
    }).finished,
);
