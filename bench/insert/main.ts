// `npm run bench:insert`: what being told of new jobs costs whoever inserts them. Method and results: bench/README.md.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import pg from "pg";
import { findServer } from "../../infra/local/postgres/find-server.ts";
import { createTestCluster } from "../../test/support/test-cluster.ts";
import { durable } from "../support/durable-cluster.ts";
import { installQueueCore, jobTable } from "../support/woken-queue.ts";
import { type Variant, variants } from "./variants.ts";

const rows = 10_000;

new Command("bench:insert")
  .option("--repetitions <n>", "of each figure; the variants take turns", Number, 5)
  .option("--seconds <n>", "of single-row inserts at a time", Number, 4)
  .action(async ({ repetitions, seconds }: { repetitions: number; seconds: number }) => {
    const cluster = await createTestCluster({ ...durable, shared_buffers: "512MB", max_wal_size: "4GB" });
    const folder = mkdtempSync(path.join(tmpdir(), "jobstack-bench-"));
    const database = new pg.Client({ connectionString: cluster.adminUrl });
    try {
      await database.connect();
      await installQueueCore(database, "a-secret-of-the-benchmark");
      await database.query(jobTable);
      for (const variant of variants) await variant.create(database);
      const rates = new Map(variants.map(({ name }) => [name, [] as number[]]));
      const times = new Map(variants.map(({ name }) => [name, [] as number[]]));
      for (let turn = 0; turn < repetitions; turn++) {
        for (const variant of variants) {
          rates.get(variant.name)?.push(await singleRows(cluster.adminUrl, folder, variant, seconds));
          times.get(variant.name)?.push(await manyRows(database, variant));
        }
      }
      print(rates, times);
    } finally {
      await database.end();
      await cluster.stop();
      rmSync(folder, { recursive: true });
    }
  })
  .parseAsync();

/** Transactions a second of 8 clients that insert a row each, by pgbench. */
async function singleRows(url: string, folder: string, { table }: Variant, seconds: number): Promise<number> {
  const script = path.join(folder, `${table}.sql`);
  writeFileSync(script, `insert into public.${table} (payload) values ('${payload}');\n`);
  const pgbench = path.join(findServer().bindir, "pgbench");
  const options = ["-n", "-c", "8", "-j", "2", "-M", "prepared", "-T", String(seconds), "-f", script];
  const { stdout } = await execa(pgbench, [...options, url]);
  return Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]);
}

/** Milliseconds of one statement. */
async function manyRows(database: pg.Client, { table }: Variant): Promise<number> {
  const start = performance.now();
  await database.query(`insert into public.${table} (payload) select $1::jsonb from generate_series(1, $2)`, [
    payload,
    rows,
  ]);
  return performance.now() - start;
}

/** About 100 bytes. */
const payload = JSON.stringify({
  user: 12_345,
  topic: "a story about a whale",
  tags: ["sea", "night"],
  n: 1,
});

/** Medians, with the ratio to the variant that is the measure: the empty trigger, and no trigger. */
function print(rates: ReadonlyMap<string, number[]>, times: ReadonlyMap<string, number[]>): void {
  const emptyRate = median(rates.get("empty statement trigger"));
  const plainTime = median(times.get("no trigger"));
  console.log(
    "| what | single rows, a second | of the empty trigger's | 10,000 rows, ms | times no trigger's |",
  );
  console.log("| --- | --- | --- | --- | --- |");
  for (const [name, values] of rates) {
    const [rate, time] = [median(values), median(times.get(name))];
    const cells = [
      name,
      rate.toFixed(0),
      (rate / emptyRate).toFixed(2),
      time.toFixed(0),
      (time / plainTime).toFixed(2),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}

function median(values: readonly number[] = []): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
