import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { FunctionRecord } from "../store/function-record.ts";
import type { FunctionChange } from "../store/function-store.ts";
import { ApiError } from "./api-error.ts";
import type { ManagementContext } from "./context.ts";
import { functionAnswer } from "./function-answer.ts";
import { sourceForm } from "./source-form.ts";

interface SlugRoute {
  Params: { slug: string };
}

const changeSchema = z.object({
  name: z.string().min(1).max(256).optional(),
  verify_jwt: z.boolean().optional(),
  body: z.never("is not taken here; send code to functions/deploy").optional(),
});
const changeQuerySchema = z.object({ verify_jwt: z.stringbool().optional() });

/** One element of the update that ends a deploy of several functions; the rest of what clients send is what they got. */
const bulkSchema = z.array(
  z.object({
    slug: z.string(),
    name: z.string().min(1).max(256),
    version: z.number().int(),
    verify_jwt: z.boolean().optional(),
    ezbr_sha256: z.string().nullish(),
  }),
);

/** Deployed functions: list, one, its source, changes without new code, delete. */
export async function functionRoutes(
  app: FastifyInstance,
  { context }: { context: ManagementContext },
): Promise<void> {
  const { functions } = context.store;
  const existing = (slug: string): FunctionRecord => {
    const record = functions.get(slug);
    if (record === undefined) throw new ApiError(404, `function "${slug}": is not deployed`);
    return record;
  };

  app.get("/functions", async () => functions.list().map(functionAnswer));

  app.put("/functions", async (request) => {
    const elements = bulkSchema.parse(request.body);
    const changes = elements.map(({ slug, name, verify_jwt, ezbr_sha256 }) => {
      const candidate = functions.candidate(slug);
      if (candidate === undefined)
        throw new ApiError(400, `function "${slug}": was not uploaded; deploy it first`);
      if (ezbr_sha256 && ezbr_sha256 !== candidate.ezbr_sha256) {
        throw new ApiError(
          400,
          `function "${slug}": the uploaded code has another ezbr_sha256; deploy it again`,
        );
      }
      return { slug, change: { name, ...(verify_jwt !== undefined && { verify_jwt }) } };
    });
    const updated = functions.activate(changes);
    for (const { slug } of updated) context.host.reload(slug);
    await functions.sweep(context.host.codeInUse());
    return { functions: updated.map(functionAnswer) };
  });

  app.get<SlugRoute>("/functions/:slug", async (request) => functionAnswer(existing(request.params.slug)));

  app.get<SlugRoute>("/functions/:slug/body", async (request, reply) => {
    const record = existing(request.params.slug);
    const form = await sourceForm(functions.codeDirectory(record), record.entrypoint_path);
    return reply.type(form.contentType).send(form.body);
  });

  app.patch<SlugRoute>("/functions/:slug", async (request) => {
    const { slug } = existing(request.params.slug);
    const body = changeSchema.parse(request.body ?? {});
    const verify_jwt = body.verify_jwt ?? changeQuerySchema.parse(request.query).verify_jwt;
    const change: FunctionChange = {
      ...(body.name !== undefined && { name: body.name }),
      ...(verify_jwt !== undefined && { verify_jwt }),
    };
    const [updated] = functions.activate([{ slug, change }]);
    return updated && functionAnswer(updated);
  });

  app.delete<SlugRoute>("/functions/:slug", async (request) => {
    const { slug } = existing(request.params.slug);
    functions.remove(slug);
    context.host.reload(slug);
    await functions.sweep(context.host.codeInUse());
    return { message: "ok" };
  });
}
