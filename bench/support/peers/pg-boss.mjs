// pg-boss in its fastest configuration: `pg-boss.mjs <database url> <local concurrency>`.
import { PgBoss } from "pg-boss";
import { count, run } from "./client.mjs";

const [, , connectionString, localConcurrency] = process.argv;
const boss = new PgBoss({ connectionString, max: 12, schedule: false, supervise: false });
boss.on("error", () => {});
await boss.start();

await run(
  () =>
    boss.work(
      "noop",
      {
        batchSize: 1_000,
        burstWhenBatchFull: true,
        localConcurrency: Number(localConcurrency),
        pollingIntervalSeconds: 0.5,
      },
      async (jobs) => count(jobs.length),
    ),
  () => boss.stop({ graceful: false }),
);
