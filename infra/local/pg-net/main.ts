// The platform's process for the pg_net stand-in. Environment: DATABASE_URL, as superuser.
import { PgNetWorker } from "./worker.ts";

const databaseUrl = process.env.DATABASE_URL;
if (!databaseUrl) fail("pg_net: DATABASE_URL is not set; set it to the connection string of the superuser");

const worker = new PgNetWorker({ databaseUrl, log: (line) => console.error(line) });
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void worker.stop().then(() => process.exit(0)));
}
try {
  await worker.start();
} catch (error) {
  fail(`pg_net: cannot connect to the database: ${error instanceof Error ? error.message : error}`);
}
console.log("ready");

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
