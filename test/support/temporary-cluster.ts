import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PostgresCluster } from "../../infra/local/postgres/cluster.ts";
import { freePort } from "./free-port.ts";

const prefix = "jobstack-test-";

/** Clusters of this process that must not outlive it. */
const running = new Set<{ cluster: PostgresCluster; dir: string }>();

/**
 * Starts a cluster in a temporary folder on a free port, with the baseline in database postgres. `stop` ends and
 * deletes it; should this process end before, it goes too (an uncatchable SIGKILL leaves it to the next test run).
 */
export async function startTemporaryCluster(
  settings: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<{ cluster: PostgresCluster; stop: () => Promise<void> }> {
  watchForExit();
  const dir = mkdtempSync(path.join(tmpdir(), `${prefix}${process.pid}-`));
  // The server's user must be able to pass through.
  chmodSync(dir, 0o711);
  const cluster = new PostgresCluster({
    dir: path.join(dir, "postgres"),
    port: await freePort(),
    durable: false,
    settings: { shared_buffers: "64MB", max_wal_size: "256MB", ...settings },
    env,
  });
  const entry = { cluster, dir };
  running.add(entry);
  const stop = async () => {
    await cluster.remove();
    rmSync(dir, { recursive: true, force: true });
    running.delete(entry);
  };
  try {
    await cluster.start();
    await cluster.applyBaseline();
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { cluster, stop };
}

/** Ends and deletes what test runs left behind that were killed. */
export async function removeAbandonedClusters(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const owner = Number(name.slice(prefix.length).split("-")[0]);
    if (isAlive(owner)) continue;
    const dir = path.join(tmpdir(), name);
    await new PostgresCluster({ dir: path.join(dir, "postgres"), port: 0 }).remove();
    rmSync(dir, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

let watching = false;

/** At exit only synchronous work is possible: an immediate shutdown by signal, and the files. */
function watchForExit(): void {
  if (watching) return;
  watching = true;
  process.once("exit", () => {
    for (const { cluster, dir } of running) {
      const { pid } = cluster.status();
      if (pid !== undefined) process.kill(pid, "SIGKILL");
      for (const folder of [dir, cluster.socketDir]) rmSync(folder, { recursive: true, force: true });
    }
  });
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(143));
}
