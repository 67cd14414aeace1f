import type { PostgresCluster } from "../../infra/local/postgres/cluster.ts";
import { startTemporaryCluster } from "./temporary-cluster.ts";

export interface TestCluster {
  /** To stop, start and look at the server itself. */
  cluster: PostgresCluster;
  /** Database postgres as role postgres, who is not a superuser. */
  url: string;
  /** Database postgres as supabase_admin, the superuser. */
  adminUrl: string;
  /** Ends the server and deletes it. */
  stop(): Promise<void>;
}

/**
 * An own cluster with pg_cron in database postgres, for tests of schedules, restarts and crashes. Takes about a
 * second: where a database is enough, take createTestDatabase. `settings` are lines for postgresql.conf,
 * `env` goes into the server's environment.
 */
export async function createTestCluster(
  settings: Record<string, string> = {},
  env: Record<string, string> = {},
): Promise<TestCluster> {
  const { cluster, stop } = await startTemporaryCluster(settings, env);
  try {
    const admin = await cluster.connectAsSuperuser();
    await admin.query("create extension pg_cron with schema pg_catalog");
    await admin.end();
  } catch (cause) {
    await stop();
    throw cause;
  }
  return { cluster, url: cluster.url(), adminUrl: cluster.url("postgres", "supabase_admin"), stop };
}
