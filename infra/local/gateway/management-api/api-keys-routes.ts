import type { FastifyInstance } from "fastify";
import type { ManagementContext } from "./context.ts";

/** The project's API keys, always in full: whoever may ask for them here may also read them from the environment. */
export async function apiKeysRoutes(
  app: FastifyInstance,
  { context }: { context: ManagementContext },
): Promise<void> {
  app.get("/api-keys", async () => {
    const { anon, serviceRole } = context.project().apiKeys;
    const key = (name: string, api_key: string) => ({ id: name, name, type: "legacy", api_key });
    return [key("anon", anon), key("service_role", serviceRole)];
  });
}
