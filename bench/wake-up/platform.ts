import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa, type ResultPromise } from "execa";
import pg from "pg";
import { jwtSecret } from "../../infra/local/local-defaults.ts";
import { projectRoot } from "../../infra/local/workspace.ts";
import { readImportGraph } from "../../infra/provider/supabase/import-graph.ts";
import { ManagementApi } from "../../infra/provider/supabase/management-api.ts";
import { freePort } from "../../test/support/free-port.ts";
import { createTestCluster } from "../../test/support/test-cluster.ts";
import { durable } from "../support/durable-cluster.ts";
import { declareManaged, installQueueCore, jobTable } from "../support/woken-queue.ts";

/** All that a wake-up passes, each part in a process of its own as on the embedded platform. */
export interface BenchPlatform {
  databaseUrl: string;
  stop(): Promise<void>;
}

const slug = "bench-worker";
const secret = "a-secret-of-the-benchmark";
const project = { projectRef: "jobstackbenchproject", accessToken: `sbp_${"0".repeat(40)}` };

/** Brings up Postgres, pg_net's stand-in where the server has no pg_net, gateway and worker, with queue `job`. */
export async function startBenchPlatform(): Promise<BenchPlatform> {
  const directory = mkdtempSync(path.join(tmpdir(), "jobstack-bench-"));
  const cluster = await createTestCluster(durable);
  const parts: ResultPromise[] = [];
  const stop = async () => {
    for (const part of parts) part.kill("SIGTERM");
    await Promise.allSettled(parts);
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const start = async (main: string, env: Record<string, string>) => {
    const part = execa("node", ["--import", "tsx", path.join(projectRoot, main)], { env, cwd: projectRoot });
    part.catch(() => {});
    parts.push(part);
    await Promise.race([once(part.stdout, "data"), part]);
  };
  try {
    const port = await freePort();
    const apiUrl = `http://127.0.0.1:${port}`;
    const admin = new pg.Client({ connectionString: cluster.adminUrl });
    await admin.connect();
    await installQueueCore(admin, secret);
    await admin.query(jobTable);
    await declareManaged(admin, { name: "job", wakeUrl: `${apiUrl}/functions/v1/${slug}` });
    await admin.end();
    await start("infra/local/pg-net/main.ts", { DATABASE_URL: cluster.adminUrl });
    await start("infra/local/gateway/main.ts", {
      DATABASE_URL: cluster.adminUrl,
      JOBSTACK_API_PORT: String(port),
      JOBSTACK_PLATFORM_DIR: path.join(directory, "platform"),
      JOBSTACK_LOG_DIR: path.join(directory, "logs"),
      JOBSTACK_JWT_SECRET: jwtSecret,
      JOBSTACK_PROJECT_REF: project.projectRef,
      JOBSTACK_ACCESS_TOKEN: project.accessToken,
    });
    await deployWorker(apiUrl);
    return { databaseUrl: cluster.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function deployWorker(apiUrl: string): Promise<void> {
  const api = new ManagementApi({ ...project, apiUrl });
  await api.setSecrets([{ name: "CRON_SECRET", value: secret }]);
  const entrypoint = "bench/wake-up/function/index.ts";
  const { files } = await readImportGraph({
    root: projectRoot,
    entrypoint,
    importMap: undefined,
    staticFiles: [],
  });
  await api.deployFunction({ slug, entrypoint, importMap: "", staticPatterns: [], verifyJwt: false, files });
}
