// `npm run bench:scrape`: what a scrape costs the database as the history grows, beside other exporters. Method and
// results: bench/README.md.
import { Command } from "commander";
import type { Pool } from "pg";
import { openPool } from "../../test/support/open-pool.ts";
import { startTemporaryCluster } from "../../test/support/temporary-cluster.ts";
import { grow, prepare } from "./history.ts";
import { type Measurement, measure, type Rounds } from "./measure.ts";
import { peerRoles, type Side, startJobstack, startPostgresExporter, startSqlExporter } from "./sides.ts";

interface Options {
  rows: string;
  rounds: number;
  scrapers: number;
}

/** Beyond this a peer takes minutes to answer twenty at once, and is asked by one. */
const peersTogether = 100_000;
const rowsAtOnce = 1_000_000;

/** Nothing is measured that writes, so nothing need reach the disk. */
const settings = {
  shared_buffers: "1GB",
  max_wal_size: "8GB",
  wal_level: "minimal",
  max_wal_senders: "0",
  "pg_stat_statements.track": "top",
  "pg_stat_statements.track_planning": "on",
};

const head = [
  "| side | rows | at once | database, ms | statements | median, ms | p99, ms | series | memory, MB |",
  "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
].join("\n");

new Command("bench:scrape")
  .option("--rows <list>", "sizes of the histories, smallest first", "10000,1000000,10000000")
  .option("--rounds <n>", "rounds of scrapes at each size", Number, 12)
  .option("--scrapers <n>", "who ask at the same moment in each round", Number, 20)
  .action(async ({ rows, rounds, scrapers }: Options) => {
    const { cluster, stop } = await startTemporaryCluster(settings);
    const sides: Side[] = [];
    try {
      const admin = openPool(cluster.url("postgres", "supabase_admin"), 1);
      const database = openPool(cluster.url(), 1);
      const exporterUrl = await prepare(admin, database, cluster.url());
      await database.end();
      for (const role of peerRoles)
        await admin.query(`create role ${role} login superuser password 'postgres'`);
      const urlOf = (role: string) => cluster.url("postgres", role);
      sides.push(await startJobstack(exporterUrl));
      sides.push(await startPostgresExporter(urlOf), await startSqlExporter(urlOf));
      console.log(head);
      let size = 0;
      for (const next of rows.split(",").map(Number)) {
        await fill(admin, next - size);
        size = next;
        for (const [index, side] of sides.entries()) {
          const isPeer = index > 0;
          const alone = isPeer && size > peersTogether;
          const how: Rounds = isPeer
            ? { rounds: Math.min(rounds, 2), scrapers: alone ? 1 : scrapers }
            : { rounds, scrapers };
          console.log(row(side, size, how, await measure(admin, side, how)));
        }
      }
      await admin.end();
    } finally {
      for (const side of sides) {
        side.process.kill();
      }
      await stop();
    }
  })
  .parseAsync();

async function fill(admin: Pool, count: number): Promise<void> {
  const start = performance.now();
  for (let left = count; left > 0; left -= rowsAtOnce) await grow(admin, Math.min(left, rowsAtOnce));
  await admin.query("vacuum analyze cron.job_run_details");
  await admin.query("vacuum analyze public.jobs_1");
  await admin.query("checkpoint");
  console.error(`${count} rows more: ${Math.round((performance.now() - start) / 1000)} s`);
}

function row({ name }: Side, size: number, { scrapers }: Rounds, found: Measurement): string {
  const cells = [
    name,
    size.toLocaleString("en-US"),
    scrapers,
    found.databaseMs.toFixed(1),
    Math.round(found.statements),
    found.medianMs.toFixed(1),
    found.p99Ms.toFixed(1),
    found.series,
    Math.round(found.residentMb),
  ];
  return `| ${cells.join(" | ")} |`;
}
