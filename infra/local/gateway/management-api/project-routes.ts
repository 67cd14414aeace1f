import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ManagementContext } from "./context.ts";
import { runQuery } from "./run-query.ts";

interface Options {
  context: ManagementContext;
}

const organization = { id: "local", slug: "local", name: "Local" };

/** The list of projects: this one, and whose it is. */
export async function projectListRoutes(app: FastifyInstance, { context }: Options): Promise<void> {
  app.get("/projects", async () => [await describeProject(context)]);
  app.get("/organizations", async () => [organization]);
}

/** The project itself. */
export async function projectRoutes(app: FastifyInstance, { context }: Options): Promise<void> {
  app.get("/", async () => describeProject(context));
}

async function describeProject(context: ManagementContext) {
  const { projectRef, databaseUrl } = context.project();
  const version = await serverVersion(databaseUrl);
  return {
    id: projectRef,
    ref: projectRef,
    organization_id: organization.id,
    organization_slug: organization.slug,
    name: "Jobstack local",
    region: "local",
    // A date that clients can parse; nothing depends on it.
    created_at: "2025-01-01T00:00:00.000Z",
    status: "ACTIVE_HEALTHY",
    database: {
      host: new URL(databaseUrl).hostname,
      version,
      postgres_engine: version.split(".")[0],
      release_channel: "ga",
    },
  };
}

/** The project can be asked for while its database is down. */
async function serverVersion(databaseUrl: string): Promise<string> {
  const query = "select current_setting('server_version') as version";
  try {
    const [row] = await runQuery({ databaseUrl, query, parameters: undefined, readOnly: true });
    return z.object({ version: z.string() }).parse(row).version;
  } catch {
    return "unknown";
  }
}
