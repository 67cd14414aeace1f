import type { FastifyInstance } from "fastify";
import type { Database } from "../database.ts";
import type { JobTable } from "../job-table.ts";
import { createServer } from "../server.ts";
import { openTarget } from "../target.ts";
import { parseExposition } from "./parse-exposition.ts";

export interface TestExporter {
  server: FastifyInstance;
  database: Database;
  /** Time passes for the exporter, so that every collector is due. */
  wait(ms: number): void;
  /** One scrape after ten seconds of the exporter's time. */
  scrape(): Promise<Map<string, number>>;
  /** Ends it in good order, saving its state. Fine when it has ended. */
  stop(): Promise<void>;
}

/** The exporter as main.ts puts it together, without a port, on a clock that the test moves. */
export function startExporter(databaseUrl: string, jobTables: readonly JobTable[] = []): TestExporter {
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const target = openTarget(
    { name: "test", labels: { environment: "test" }, databaseUrl, jobTables },
    { version: "0.0.0", log: () => undefined, now },
  );
  const { collection, database } = target;
  const server = createServer({
    targets: () => [target],
    environment: () => "test",
    version: "0.0.0",
  });
  const wait = (ms: number) => {
    ahead += ms;
  };
  const scrape = async () => {
    wait(10_000);
    return parseExposition((await server.inject("/metrics")).body);
  };
  let stopped = false;
  const stop = async () => {
    if (stopped) return;
    stopped = true;
    await server.close();
    await collection.close();
    await database.close();
  };
  return { server, database, wait, scrape, stop };
}
