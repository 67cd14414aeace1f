import type { FastifyInstance } from "fastify";
import { Controlled } from "./controlled.ts";

const kept = 100;

/** What a webhook delivered; `text` is what a signature is made of, byte by byte. */
interface Received {
  receivedAt: string;
  headers: Record<string, unknown>;
  text: string;
  body: unknown;
}

/**
 * Receivers of alerts: the database's own (`alert`), Alertmanager's (`notification`), and the signs of life of both
 * (`heartbeat`, `watchdog`). Each takes any JSON at its name and shows the last 100, oldest first, at its plural, with
 * their `webhook-*` headers; `/control/<name>` makes it slow or failing. What failed is not kept.
 */
export function addAlertReceivers(server: FastifyInstance): void {
  for (const name of ["alert", "notification", "heartbeat", "watchdog"]) addReceiver(server, name);
}

function addReceiver(server: FastifyInstance, name: string): void {
  const controlled = new Controlled(server, `/control/${name}`);
  const received: Received[] = [];
  // In a scope of its own, since only here a body stays text.
  void server.register(async (scope) => {
    scope.addContentTypeParser("application/json", { parseAs: "string" }, (_, body, done) =>
      done(null, body),
    );
    scope.post<{ Body: string }>(`/${name}`, async (request, reply) => {
      const body = parseJson(request.body);
      if (body === undefined) return reply.code(400).send({ error: "the body is not JSON" });
      const failure = await controlled.admit();
      if (failure) {
        const error = "The receiver was told to fail.";
        return reply.code(failure.status).headers(failure.headers).send({ error });
      }
      const headers = Object.entries(request.headers).filter(([name]) => name.startsWith("webhook-"));
      const receivedAt = new Date().toISOString();
      received.push({ receivedAt, headers: Object.fromEntries(headers), text: request.body, body });
      if (received.length > kept) received.shift();
      return reply.code(204).send();
    });
  });
  server.get(`/${name}s`, async () => received);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
