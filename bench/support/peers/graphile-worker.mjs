// graphile-worker in the batched configuration of its performance page: `graphile-worker.mjs <database url>`.
import { Logger, run as start } from "graphile-worker";
import { count, run } from "./client.mjs";

const [, , connectionString] = process.argv;
let runner;

await run(
  async () => {
    runner = await start({
      preset: {
        worker: {
          connectionString,
          concurrentJobs: 24,
          maxPoolSize: 25,
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
          localQueue: { size: 500 },
          logger: new Logger(() => () => {}),
        },
      },
      noHandleSignals: true,
      taskList: { noop: async () => count() },
    });
  },
  () => runner.stop(),
);
