import type { FastifyInstance } from "fastify";
import { Controlled } from "./controlled.ts";

const kept = 100;

/** What a webhook delivered; `text` is what a signature is made of, byte by byte. */
interface ReceivedAlert {
  receivedAt: string;
  headers: Record<string, unknown>;
  text: string;
  body: unknown;
}

/**
 * A receiver of alerts: `POST /alert` takes any JSON, `GET /alerts` shows the last 100, oldest first, with their
 * `webhook-*` headers; `/control/alert` makes it slow or failing. What failed is not kept.
 */
export function addAlertReceiver(server: FastifyInstance): void {
  const controlled = new Controlled(server, "/control/alert");
  const alerts: ReceivedAlert[] = [];
  // In a scope of its own, since only here a body stays text.
  void server.register(async (scope) => {
    scope.addContentTypeParser("application/json", { parseAs: "string" }, (_, body, done) =>
      done(null, body),
    );
    scope.post<{ Body: string }>("/alert", async (request, reply) => {
      const body = parseJson(request.body);
      if (body === undefined) return reply.code(400).send({ error: "the body is not JSON" });
      const failure = await controlled.admit();
      if (failure) {
        const error = "The receiver was told to fail.";
        return reply.code(failure.status).headers(failure.headers).send({ error });
      }
      const headers = Object.entries(request.headers).filter(([name]) => name.startsWith("webhook-"));
      const receivedAt = new Date().toISOString();
      alerts.push({ receivedAt, headers: Object.fromEntries(headers), text: request.body, body });
      if (alerts.length > kept) alerts.shift();
      return reply.code(204).send();
    });
  });
  server.get("/alerts", async () => alerts);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
