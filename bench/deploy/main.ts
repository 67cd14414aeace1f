// `npm run bench:deploy`: what deploying costs with 10, 100 and 500 resources. Method and results: bench/README.md.
import { Command } from "commander";
import pg from "pg";
import { startTemporaryCluster } from "../../test/support/temporary-cluster.ts";
import { durable } from "../support/durable-cluster.ts";
import { type Timings, timeDeployments } from "./run.ts";
import { cronJobs, dynamicCronJobs, echoes, mixed, type Workload } from "./workloads.ts";

new Command("bench:deploy")
  .option("--counts <numbers>", "numbers of resources", (text) => text.split(",").map(Number), [10, 100, 500])
  .option("--repetitions <n>", "unchanged deployments and previews of each", Number, 3)
  .option(
    "--dynamic <count>",
    "cron jobs of the comparison with a dynamic provider; 0 leaves it out",
    Number,
    100,
  )
  .action(
    async ({ counts, repetitions, dynamic }: { counts: number[]; repetitions: number; dynamic: number }) => {
      const { cluster, stop } = await startTemporaryCluster(durable);
      try {
        const admin = await cluster.connectAsSuperuser();
        await admin.query("create extension pg_cron with schema pg_catalog");
        await admin.end();
        const run = async (name: string, workload: Workload, count: number) => {
          await clear(cluster.url());
          const timings = await timeDeployments(() => workload(count, cluster.url()), repetitions);
          console.log(row(name, count, timings));
        };
        console.log(
          "| what | resources | first up, s | unchanged up, s | preview, s |\n| --- | --- | --- | --- | --- |",
        );
        for (const count of counts) {
          await run("engine and SDK alone", echoes, count);
          await run("jobstack", mixed, count);
        }
        if (dynamic > 0) {
          await run("cron jobs, jobstack", cronJobs, dynamic);
          await run("cron jobs, dynamic provider", dynamicCronJobs, dynamic);
        }
      } finally {
        await stop();
      }
    },
  )
  .parseAsync();

/** Every run begins with an empty database; what a destroy keeps by design goes too. */
async function clear(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("drop schema if exists work cascade; drop schema if exists jobstack_provider cascade");
  await client.end();
}

function row(name: string, count: number, { first, unchanged, preview }: Timings): string {
  const cells = [name, count, first.toFixed(2), spread(unchanged), spread(preview)];
  return `| ${cells.join(" | ")} |`;
}

/** Median, and the extremes where they are others. */
function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const [least = 0, median = 0, most = 0] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return sorted.length < 2
    ? median.toFixed(2)
    : `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}
