import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { platformSecrets } from "../functions/function-environment.ts";
import { secretDigest } from "../store/secret-store.ts";
import type { ManagementContext } from "./context.ts";

const nameSchema = z
  .string()
  // What every JavaScript object has under that name would be found instead.
  .regex(
    /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/,
    "must be letters, digits and underscores, and begin with no digit",
  )
  .max(256, "must have at most 256 characters")
  .refine((name) => !name.startsWith("SUPABASE_"), "must not begin with SUPABASE_, which is reserved");

/** Messages name the secret by its place and never show its value. */
const secretsSchema = z.array(
  z.object({
    name: nameSchema,
    value: z
      .string()
      .max(24_576, "must have at most 24576 characters")
      .refine((value) => !value.includes("\u0000"), "must not contain a NUL character"),
  }),
);
const namesSchema = z.array(z.string());

/** Secrets of the project's functions. A change reaches every function with its next request. */
export async function secretRoutes(
  app: FastifyInstance,
  { context }: { context: ManagementContext },
): Promise<void> {
  const { store, host } = context;

  app.get("/secrets", async () => {
    const own = Object.entries(store.secrets.list()).map(([name, { value, updated_at }]) => ({
      name,
      value: secretDigest(value),
      updated_at,
    }));
    const platform = Object.entries(platformSecrets(context.project())).map(([name, value]) => ({
      name,
      value: secretDigest(value),
    }));
    return [...own, ...platform].sort((a, b) => (a.name < b.name ? -1 : 1));
  });

  app.post("/secrets", async (request, reply) => {
    if (store.secrets.set(secretsSchema.parse(request.body))) host.reloadAll();
    return reply.code(201).send();
  });

  app.delete("/secrets", async (request) => {
    if (store.secrets.remove(namesSchema.parse(request.body))) host.reloadAll();
    return {};
  });
}
