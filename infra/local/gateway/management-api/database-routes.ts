import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ManagementContext } from "./context.ts";
import { runQuery } from "./run-query.ts";

const bodySchema = z.object({
  query: z.string().min(1),
  parameters: z.array(z.unknown()).optional(),
  read_only: z.boolean().optional(),
});

/** Runs SQL on the project's database and answers with the rows of the last statement that has any. */
export async function databaseRoutes(
  app: FastifyInstance,
  { context }: { context: ManagementContext },
): Promise<void> {
  app.post("/database/query", async (request, reply) => {
    const { query, parameters, read_only = false } = bodySchema.parse(request.body);
    const { databaseUrl } = context.project();
    const rows = await runQuery({ databaseUrl, query, parameters, readOnly: read_only });
    return reply.code(201).send(rows);
  });

  app.post("/database/query/read-only", async (request, reply) => {
    const { query, parameters } = bodySchema.parse(request.body);
    const { databaseUrl } = context.project();
    return reply.code(201).send(await runQuery({ databaseUrl, query, parameters, readOnly: true }));
  });
}
