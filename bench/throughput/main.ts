// `npm run bench:throughput`: how fast a worker drains a queue, beside raw SQL and the peers. Method and results:
// bench/README.md.
import { Command } from "commander";
import { openPool } from "../../test/support/open-pool.ts";
import { startDurableCluster } from "../support/durable-cluster.ts";
import { preparePeers } from "../support/peers-folder.ts";
import { median, spread } from "../support/spread.ts";
import { type Contender, contenders } from "./contenders.ts";
import { type Drain, drain } from "./drain.ts";

interface Options {
  jobs: number;
  repetitions: number;
  only: string;
}

new Command("bench:throughput")
  .option("--jobs <n>", "jobs in the queue", Number, 100_000)
  .option("--repetitions <n>", "drains of each side, one after the other", Number, 5)
  .option("--only <text>", "only sides whose name holds this", "")
  .action(async ({ jobs, repetitions, only }: Options) => {
    const peers = await preparePeers();
    const sides = contenders(peers).filter(({ name }) => name.includes(only));
    const { cluster, stop } = await startDurableCluster();
    try {
      const { pid: postmaster = 0 } = cluster.status();
      const runs = new Map<string, Run[]>(sides.map(({ name }) => [name, []]));
      const admin = openPool(cluster.url("postgres", "supabase_admin"), 1);
      for (const [n, { name, prepare }] of sides.entries()) {
        await admin.query(`create database side_${n} owner postgres`);
        await cluster.applyBaseline({ database: `side_${n}` });
        const database = openPool(cluster.url(`side_${n}`), 2);
        await prepare(database, cluster.url(`side_${n}`));
        await database.end();
        console.error(`${name}: prepared`);
      }
      // Round by round, so that a slow spell of the machine meets all sides.
      for (let round = 1; round <= repetitions; round++) {
        for (const [n, contender] of sides.entries()) {
          const url = cluster.url(`side_${n}`);
          const database = openPool(url, 2);
          // Before the jobs come, so that their pages need not be logged whole.
          await admin.query("checkpoint");
          const fillStart = performance.now();
          await contender.fill(database, url, jobs);
          const enqueuedPerSecond = (jobs / (performance.now() - fillStart)) * 1_000;
          await database.query(`vacuum analyze ${contender.tables}`);
          const result = await drain({ contender, database, url, jobs, node: peers.node, postmaster });
          runs.get(contender.name)?.push({ ...result, enqueuedPerSecond });
          await database.end();
          console.error(`round ${round}: ${contender.name}: ${Math.round(result.jobsPerSecond)} jobs/s`);
        }
      }
      await admin.end();
      console.log(table(sides, runs, jobs));
    } finally {
      await stop();
    }
  })
  .parseAsync();

interface Run extends Drain {
  enqueuedPerSecond: number;
}

function table(sides: readonly Contender[], runs: ReadonlyMap<string, Run[]>, jobs: number): string {
  const head = [
    "side",
    "jobs/s, median",
    "min to max",
    "WAL, B/job",
    "server CPU, µs/job",
    "client CPU, µs/job",
    "enqueue, jobs/s",
  ];
  const rows = sides.map(({ name }) => {
    const all = runs.get(name) ?? [];
    const { least, median: middle, most } = spread(all.map(({ jobsPerSecond }) => jobsPerSecond));
    const each = (pick: (run: Run) => number) => median(all.map(pick));
    return [
      name,
      whole(middle),
      `${whole(least)} to ${whole(most)}`,
      whole(each(({ walBytes }) => walBytes / jobs)),
      (each(({ serverCpuMs }) => serverCpuMs / jobs) * 1_000).toFixed(1),
      (each(({ clientCpuMs }) => clientCpuMs / jobs) * 1_000).toFixed(1),
      whole(each(({ enqueuedPerSecond }) => enqueuedPerSecond)),
    ];
  });
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const whole = (value: number) => Math.round(value).toLocaleString("en-US");
