import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import { UserError } from "../infra/user-error.ts";
import { Collection } from "./collection.ts";
import { collectors } from "./collectors.ts";
import { type ExporterConfig, loadExporterConfig } from "./config.ts";
import { openDatabase } from "./database.ts";
import { before } from "./deadline.ts";
import { logToStderr as log } from "./log.ts";
import { createServer } from "./server.ts";

/** The platform kills a part that takes longer than 5 s to end. */
const shutdownMs = 4000;

try {
  await run(loadExporterConfig(process.env));
} catch (error) {
  process.stderr.write(error instanceof UserError ? `${error.message}\n` : `${(error as Error).stack}\n`);
  process.exit(1);
}

async function run(config: ExporterConfig): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  const database = openDatabase(config.databaseUrl);
  const collection = new Collection({ database, collectors, version, log });
  const server = createServer({ collection, environment: config.environment, version });
  await listen(server, config);
  const stop = async () => {
    await before(
      shutdownMs,
      server.close().then(() => collection.close()),
    ).catch((error: Error) => {
      log("stopped before everything was saved", { error: error.message });
    });
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stop);
  process.stdout.write("ready\n");
}

async function listen(server: FastifyInstance, { host, port }: ExporterConfig): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE")) throw cause;
    throw new UserError(
      `exporter port "${port}": in use by another program on ${host}; stop it or set JOBSTACK_EXPORTER_PORT to a free port`,
      [],
      { cause },
    );
  }
}
