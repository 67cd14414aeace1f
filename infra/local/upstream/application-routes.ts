import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Controlled } from "./controlled.ts";

const simulation = z.strictObject({
  failures: z
    .number()
    .int()
    .min(0)
    .default(0)
    .describe("How many requests of this image fail, the first ones."),
  status: z.number().int().min(400).max(599).default(503).describe("The HTTP status of those failures."),
  latencyMs: z.number().int().min(0).max(600_000).default(0).describe("How long each answer takes."),
});

const imageRequest = z.object({
  jobId: z.string().min(1),
  payload: z.object({ prompt: z.string().min(1), simulate: simulation.prefault({}) }),
});

/**
 * The application of the image packs: `POST /api/process-image` makes one image for each `Idempotency-Key`, however
 * often it is asked. A payload says in `simulate` how its own image goes wrong; `/control/process-image` makes all of
 * them slow or failing. `GET /api/process-image/requests?key=` says how often one image was asked for.
 */
export function addApplication(server: FastifyInstance): void {
  const controlled = new Controlled(server, "/control/process-image");
  const images = new Map<string, { requests: number; generated: boolean }>();

  server.post("/api/process-image", async (request, reply) => {
    const key = request.headers["idempotency-key"]?.toString();
    const parsed = imageRequest.safeParse(request.body);
    if (key === undefined) return reply.code(400).send({ error: "Idempotency-Key is missing" });
    if (!parsed.success) return reply.code(400).send({ error: z.prettifyError(parsed.error) });
    const { prompt, simulate } = parsed.data.payload;
    const image = images.get(key) ?? { requests: 0, generated: false };
    images.set(key, image);
    image.requests += 1;
    const fails = image.requests <= simulate.failures;
    const failure = await controlled.admit();
    if (simulate.latencyMs > 0) await delay(simulate.latencyMs);
    if (failure) {
      const error = "The application was told to fail.";
      return reply.code(failure.status).headers(failure.headers).send({ error });
    }
    if (fails)
      return reply.code(simulate.status).send({ error: `The image of "${prompt}" was told to fail.` });
    image.generated = true;
    return { success: true, imageUrl: imageUrl(key, prompt) };
  });

  server.get<{ Querystring: { key?: string } }>("/api/process-image/requests", async ({ query }) => {
    return images.get(query.key ?? "") ?? { requests: 0, generated: false };
  });
}

/** The same address for the same image. */
function imageUrl(key: string, prompt: string): string {
  const name = createHash("sha256").update(`${key} ${prompt}`).digest("hex").slice(0, 16);
  return `https://images.example/${name}.png`;
}
