import { setTimeout as delay } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { answerGenerate, type Outcome } from "./answer.ts";
import { type Control, parseControl } from "./control.ts";

/**
 * The generator stand-in: `POST /v1beta/models/<model>:generateContent` in Gemini's format, and beside it `/control`
 * to make it slow or failing and `/stats` to see what it was asked. Logs nothing, because requests carry users' keys.
 */
export function buildGenerator(): FastifyInstance {
  const server = Fastify({ logger: false, forceCloseConnections: "idle" });
  const byOutcome: Record<Outcome, number> = { generated: 0, failed: 0, invalidKey: 0, invalidRequest: 0 };
  let requests = 0;
  let control: Control = parseControl({});

  server.post<{ Params: { call: string } }>("/v1beta/models/:call", async (request, reply) => {
    const [, model] = /^(.+):generateContent$/.exec(request.params.call) ?? [];
    if (model === undefined) return reply.callNotFound();
    requests += 1;
    const apiKey = request.headers["x-goog-api-key"]?.toString();
    const answer = answerGenerate({ model, apiKey, body: request.body, number: requests }, control);
    if (control.latencyMs > 0) await delay(control.latencyMs);
    byOutcome[answer.outcome] += 1;
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  });

  server.get("/control", async () => control);
  server.put("/control", async (request) => {
    control = parseControl(request.body);
    return control;
  });
  server.get("/stats", async () => ({ requests, byOutcome }));
  return server;
}
