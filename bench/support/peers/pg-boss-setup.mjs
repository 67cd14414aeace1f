// Creates pg-boss's schema and queue and fills it: `pg-boss-setup.mjs <database url> <jobs>`.
import { PgBoss } from "pg-boss";

const [, , connectionString, jobs] = process.argv;
const boss = new PgBoss({ connectionString, schedule: false, supervise: false });
await boss.start();
await boss.createQueue("noop");
const batch = 10_000;
for (let from = 0; from < Number(jobs); from += batch) {
  const count = Math.min(batch, Number(jobs) - from);
  await boss.insert(
    "noop",
    Array.from({ length: count }, (_, i) => ({ data: { i: from + i } })),
  );
}
await boss.stop({ graceful: false });
