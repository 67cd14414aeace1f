import path from "node:path";
import { PostgresCluster } from "../postgres/cluster.ts";
import type { Workspace } from "../workspace.ts";
import type { Part } from "./part.ts";

/** The platform's own database server, furnished as a new Supabase project. */
export function postgresPart(workspace: Workspace, port: number): Part {
  const logFile = path.join(workspace.logs, "postgres.log");
  const cluster = new PostgresCluster({ dir: workspace.postgres, port, logFile });
  let stopping = false;

  async function start(onExit: (reason: string) => void): Promise<number> {
    await cluster.start();
    await cluster.applyBaseline({ demoUsers: true });
    void cluster.exited.then(({ code, signal }) => {
      if (!stopping) onExit(signal ? `ended by ${signal}` : `exited with code ${code}`);
    });
    return cluster.status().pid ?? 0;
  }

  async function stop(): Promise<void> {
    stopping = true;
    await cluster.stop();
  }

  // SIGINT is Postgres's fast shutdown: SIGTERM would wait for its clients.
  return { name: "postgres", log: logFile, stopSignal: "SIGINT", after: [], start, stop };
}
