import Fastify, { type FastifyInstance } from "fastify";
import type { Collection } from "./collection.ts";
import { contentType, createRender } from "./exposition.ts";
import { landingPage } from "./landing-page.ts";
import { scrapeBudget } from "./scrape-budget.ts";

export interface ServerOptions {
  collection: Collection;
  /** Value of the label `environment`. */
  environment: string;
  version: string;
}

/** How old the last contact with the database may be for the exporter to count as ready. */
const contactMs = 30_000;

/** The exporter's HTTP side. Only /metrics collects; scrapes that come in together share one collection. */
export function createServer({ collection, environment, version }: ServerOptions): FastifyInstance {
  const render = createRender(environment);
  const server = Fastify({ logger: false });

  server.get("/metrics", async (request, reply) => {
    const timeout = request.headers["x-prometheus-scrape-timeout-seconds"];
    const { samples } = await collection.collect(
      scrapeBudget(typeof timeout === "string" ? timeout : undefined),
    );
    return reply.type(contentType).send(await render(samples));
  });

  server.get("/healthz", async (_request, reply) => reply.type("text/plain").send("ok\n"));

  server.get("/readyz", async (_request, reply) => {
    const ready = await collection.inContact(contactMs);
    const text = ready ? "ok\n" : "the database does not answer\n";
    return reply
      .code(ready ? 200 : 503)
      .type("text/plain")
      .send(text);
  });

  server.get("/", async (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(landingPage(version)),
  );

  return server;
}
