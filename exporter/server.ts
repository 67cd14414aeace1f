import Fastify, { type FastifyInstance } from "fastify";
import { contentType, createProcessMetrics, render } from "./exposition.ts";
import { landingPage } from "./landing-page.ts";
import { scrapeBudget } from "./scrape-budget.ts";
import { addStatusRoute } from "./status/status-route.ts";
import type { Target } from "./target.ts";

export interface ServerOptions {
  /** Asked for at each request, because a reload may change it. */
  targets: () => readonly Target[];
  /** Value of the label `environment` on what the process says of itself. */
  environment: () => string;
  version: string;
}

/** How old the last contact with a database may be for the exporter to count as ready. */
const contactMs = 30_000;

/** The exporter's HTTP side. Only /metrics and /status collect; requests that come in together share one collection. */
export function createServer({ targets, environment, version }: ServerOptions): FastifyInstance {
  const processMetrics = createProcessMetrics();
  const server = Fastify({ logger: false });

  server.get("/metrics", async (request, reply) => {
    const timeout = request.headers["x-prometheus-scrape-timeout-seconds"];
    const budgetMs = scrapeBudget(typeof timeout === "string" ? timeout : undefined);
    const found = await Promise.all(targets().map((target) => samplesOf(target, budgetMs)));
    return reply.type(contentType).send((await render(found)) + (await processMetrics(environment())));
  });

  server.get("/healthz", async (_request, reply) => reply.type("text/plain").send("ok\n"));

  server.get("/readyz", async (_request, reply) => {
    const silent = await silentTargets(targets());
    const text = silent.length === 0 ? "ok\n" : `these databases do not answer: ${silent.join(", ")}\n`;
    // One database that is down is an alert's business; an exporter that reaches none is not ready.
    return reply
      .code(silent.length < targets().length ? 200 : 503)
      .type("text/plain")
      .send(text);
  });

  addStatusRoute(server, { targets, prometheus: null, version });

  server.get("/", async (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(landingPage(version)),
  );

  return server;
}

async function samplesOf({ labels, collection }: Target, budgetMs: number) {
  const { samples } = await collection.collect(budgetMs);
  return { labels, samples };
}

async function silentTargets(targets: readonly Target[]): Promise<string[]> {
  const answers = await Promise.all(targets.map(({ collection }) => collection.inContact(contactMs)));
  return targets.flatMap(({ name }, index) => (answers[index] ? [] : [name]));
}
