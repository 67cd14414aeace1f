// Creates graphile-worker's schema: `graphile-worker-setup.mjs <database url>`.
import { runMigrations } from "graphile-worker";

await runMigrations({ connectionString: process.argv[2] });
