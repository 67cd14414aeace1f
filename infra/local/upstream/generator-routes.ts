import type { FastifyInstance } from "fastify";
import { Controlled } from "./controlled.ts";
import { answerFailure, answerGenerate, type Outcome } from "./generator-answer.ts";

/** The story generator: `POST /v1beta/models/<model>:generateContent` in Gemini's format, `/control` and `/stats`. */
export function addGenerator(server: FastifyInstance): void {
  const controlled = new Controlled(server, "/control");
  const byOutcome: Record<Outcome, number> = { generated: 0, failed: 0, invalidKey: 0, invalidRequest: 0 };

  server.post<{ Params: { call: string } }>("/v1beta/models/:call", async (request, reply) => {
    const [, model] = /^(.+):generateContent$/.exec(request.params.call) ?? [];
    if (model === undefined) return reply.callNotFound();
    const apiKey = request.headers["x-goog-api-key"]?.toString();
    const failure = await controlled.admit();
    const answer = failure ? answerFailure(failure) : answerGenerate({ model, apiKey, body: request.body });
    byOutcome[answer.outcome] += 1;
    return reply.code(answer.status).headers(answer.headers).send(answer.body);
  });

  server.get("/stats", async () => ({ requests: controlled.requests, byOutcome }));
}
