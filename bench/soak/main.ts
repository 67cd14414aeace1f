// `npm run bench:soak`: ten million jobs through four connections, in search of deadlocks and double claims. Method and
// results: bench/README.md.
import { Command } from "commander";
import { openPool } from "../../test/support/open-pool.ts";
import { startDurableCluster } from "../support/durable-cluster.ts";
import { createJobTable, declareJobQueue } from "../support/job-table.ts";
import { soak } from "./soak.ts";

new Command("bench:soak")
  .option("--jobs <n>", "jobs in all", Number, 10_000_000)
  .option("--round <n>", "jobs inserted at a time", Number, 500_000)
  .option("--connections <n>", "connections that claim", Number, 4)
  .option("--batch <n>", "jobs that each claims at a time", Number, 100)
  .action(async (options: { jobs: number; round: number; connections: number; batch: number }) => {
    const { cluster, stop } = await startDurableCluster();
    try {
      const database = openPool(cluster.url(), 2);
      await createJobTable(database);
      await declareJobQueue(database);
      const result = await soak({
        ...options,
        database,
        url: cluster.url(),
        onRound: (drained) => console.error(`${drained.toLocaleString("en-US")} jobs`),
      });
      await database.end();
      console.log(result);
    } finally {
      await stop();
    }
  })
  .parseAsync();
