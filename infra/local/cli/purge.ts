import { rmSync } from "node:fs";
import { PostgresCluster } from "../postgres/cluster.ts";
import type { Workspace } from "../workspace.ts";

/** Removes everything a stopped platform made, also a database that lies outside the project. */
export async function purge(workspace: Workspace): Promise<void> {
  await new PostgresCluster({ dir: workspace.postgres, port: 0 }).remove();
  rmSync(workspace.dir, { recursive: true, force: true });
}
