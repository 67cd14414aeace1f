import type { TestProject } from "vitest/node";
import type { PostgresCluster } from "../../infra/local/postgres/cluster.ts";
import { removeAbandonedClusters, startTemporaryCluster } from "./temporary-cluster.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Database postgres of the shared test cluster, as superuser. */
    adminUrl: string;
  }
}

/** Database that every test database is a copy of: the baseline, without pg_cron and pg_net. */
export const templateDatabase = "jobstack_template";

/** Global setup of the integration tests: one private cluster for all of them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandonedClusters();
  const { cluster, stop } = await startTemporaryCluster();
  try {
    await createTemplate(cluster);
  } catch (cause) {
    await stop();
    throw cause;
  }
  project.provide("adminUrl", cluster.url("postgres", "supabase_admin"));
  return stop;
}

async function createTemplate(cluster: PostgresCluster): Promise<void> {
  const admin = await cluster.connectAsSuperuser();
  try {
    await admin.query(`create database ${templateDatabase} template template0`);
    await cluster.applyBaseline({ database: templateDatabase });
    // Roles belong to the cluster, so tests that run at once would quarrel about making this one.
    await admin.query("create role jobstack_exporter login password 'exporter'");
    // Nobody may connect: a session in the template would block its copying.
    await admin.query(`alter database ${templateDatabase} with is_template true allow_connections false`);
  } finally {
    await admin.end();
  }
}
