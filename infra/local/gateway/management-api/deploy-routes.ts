import path from "node:path";
import multipart, { type Multipart } from "@fastify/multipart";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ImportMapError, prepareCode } from "../functions/prepare-code.ts";
import { warmCache } from "../functions/warm-cache.ts";
import type { FunctionDraft } from "../store/function-record.ts";
import { ApiError } from "./api-error.ts";
import type { ManagementContext } from "./context.ts";
import { type DeployForm, readDeployForm } from "./deploy-form.ts";
import { functionAnswer } from "./function-answer.ts";
import { treeDigest } from "./tree-digest.ts";

const querySchema = z.object({
  slug: z
    .string()
    .max(64)
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, "must be letters, digits, - and _, and begin with a letter"),
  bundleOnly: z.stringbool().default(false),
});

/** Above what Supabase takes for a whole function. */
const maximumFileBytes = 20 * 1024 * 1024;

/** Deploys a function: complete and checked on disk first, visible in one step last. */
export async function deployRoutes(
  app: FastifyInstance,
  { context }: { context: ManagementContext },
): Promise<void> {
  await app.register(multipart, {
    preservePath: true,
    limits: { fileSize: maximumFileBytes, files: 2_000, fields: 10, parts: 2_010 },
  });
  const { functions } = context.store;

  app.post("/functions/deploy", async (request, reply) => {
    const { slug, bundleOnly } = querySchema.parse(request.query);
    if (!request.isMultipart()) throw new ApiError(415, "request body: must be multipart/form-data");
    const draft = await receiveCode(slug, request.parts(), context);
    const record = bundleOnly ? functions.bundle(draft) : functions.publish(draft);
    if (!bundleOnly) context.host.reload(slug);
    await functions.sweep(context.host.codeInUse());
    return reply.code(201).send(functionAnswer(record));
  });
}

/** Leaves nothing behind when it throws. */
async function receiveCode(
  slug: string,
  parts: AsyncIterable<Multipart>,
  { store, ...context }: ManagementContext,
): Promise<FunctionDraft> {
  const directory = await store.functions.stage(slug);
  try {
    const codeDirectory = store.functions.codeDirectory({ slug, directory });
    const { files, ...form } = await readDeployForm(parts, path.join(codeDirectory, "files"));
    await checkCode({ ...form, files }, codeDirectory, context);
    return { ...form, slug, directory, sha256: treeDigest(files) };
  } catch (error) {
    await store.functions.discard(slug, directory);
    throw error;
  }
}

/** A broken import is the deploy's error, not the first request's. */
async function checkCode(
  form: DeployForm,
  codeDirectory: string,
  context: Omit<ManagementContext, "store">,
): Promise<void> {
  try {
    await prepareCode({
      codeDirectory,
      files: form.files.map((file) => file.path),
      importMapPath: form.importMapPath,
    });
  } catch (error) {
    throw error instanceof ImportMapError ? new ApiError(400, error.message) : error;
  }
  const problem = await warmCache({
    denoDirectory: context.denoDirectory,
    codeDirectory,
    entrypoint: path.join(codeDirectory, "files", form.entrypointPath),
    environment: context.environment,
    signal: context.closing,
  });
  if (context.closing.aborted)
    throw new ApiError(503, "the platform is shutting down; deploy again when it is up");
  if (problem !== null) throw new ApiError(400, problem);
}
