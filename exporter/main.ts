// The exporter as a process of its own, set by its environment alone.
import { UserError } from "../infra/user-error.ts";
import { runExporter } from "./run-exporter.ts";

try {
  await runExporter({ flags: {}, env: process.env });
} catch (error) {
  process.stderr.write(error instanceof UserError ? `${error.message}\n` : `${(error as Error).stack}\n`);
  process.exit(1);
}
