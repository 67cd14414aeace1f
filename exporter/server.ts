import type { Server } from "node:https";
import Fastify, { type FastifyInstance } from "fastify";
import type { Access } from "./access.ts";
import { createAuthorize } from "./authorize.ts";
import { contentType, createProcessMetrics, createRenderer, render } from "./exposition.ts";
import { landingPage } from "./landing-page.ts";
import type { Sample } from "./sample.ts";
import { scrapeBudget } from "./scrape-budget.ts";
import type { Prometheus } from "./status/prometheus.ts";
import { addStatusRoute } from "./status/status-route.ts";
import type { Target } from "./target.ts";
import type { Tls } from "./tls.ts";

/** Functions are asked at each request, because a reload may change what they say. */
export interface ServerOptions {
  targets: () => readonly Target[];
  /** Value of the label `environment` on what the process says of itself. */
  environment: () => string;
  version: string;
  /** What the process says of itself, beside the metrics of Node. */
  samples?: () => readonly Sample[];
  /** Who may see anything but /healthz; everybody if left out. */
  access?: () => Access | null;
  /** Served over HTTPS if given. */
  tls?: Tls | null;
  /** What the status page asks for alerts and history. Default: nothing. */
  prometheus?: Prometheus | null;
}

/** How old the last contact with a database may be for the exporter to count as ready. */
const contactMs = 30_000;

/**
 * The exporter's HTTP side. Only /metrics, /probe and /status collect; requests that come in together share one
 * collection of a target.
 */
export function createServer(options: ServerOptions): FastifyInstance {
  const {
    targets,
    environment,
    version,
    samples = () => [],
    access = () => null,
    tls = null,
    prometheus = null,
  } = options;
  const processMetrics = createProcessMetrics();
  const renderOnce = createRenderer();
  const server = Fastify({ logger: false, ...(tls ? { https: tls } : {}) }) as FastifyInstance;
  requireAccess(server, access);

  server.get("/metrics", async (request, reply) => {
    const budgetMs = budgetOf(request.headers);
    const found = await Promise.all(targets().map((target) => samplesOf(target, budgetMs)));
    const own = { labels: { environment: environment() }, samples: samples() };
    const ownText = render([own]) + (await processMetrics(environment()));
    return reply.type(contentType).send(Buffer.concat([renderOnce(found), Buffer.from(ownText)]));
  });

  server.get<{ Querystring: { target?: string | string[] } }>("/probe", async (request, reply) => {
    const target = targets().find(({ name }) => name === request.query.target);
    if (target) {
      return reply.type(contentType).send(render([await samplesOf(target, budgetOf(request.headers))]));
    }
    const names = targets().map(({ name }) => name);
    return reply
      .code(404)
      .type("text/plain")
      .send(`no such target; write /probe?target= with one of: ${names.join(", ")}\n`);
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

  addStatusRoute(server, { targets, prometheus, version });

  server.get("/", async (_request, reply) =>
    reply.type("text/html; charset=utf-8").send(landingPage(version, targets())),
  );

  return server;
}

/** New connections are served with this certificate; those that are open keep theirs. */
export function renewCertificate(server: FastifyInstance, tls: Tls): void {
  (server.server as unknown as Server).setSecureContext(tls);
}

/** Refuses whoever may not see what is asked for, also pages that do not exist. */
function requireAccess(server: FastifyInstance, access: () => Access | null): void {
  const authorize = createAuthorize();
  server.addHook("onRequest", async (request, reply) => {
    const allowed = access();
    if (allowed === null || request.routeOptions.url === "/healthz") return;
    if (await authorize(allowed, request.headers.authorization)) return;
    const scheme = allowed.users.length > 0 ? 'Basic realm="Jobstack exporter", charset="UTF-8"' : "Bearer";
    return reply.code(401).header("www-authenticate", scheme).type("text/plain").send("not allowed\n");
  });
}

function budgetOf(headers: Readonly<Record<string, unknown>>): number {
  const timeout = headers["x-prometheus-scrape-timeout-seconds"];
  return scrapeBudget(typeof timeout === "string" ? timeout : undefined);
}

async function samplesOf({ labels, collection }: Target, budgetMs: number) {
  const { samples } = await collection.collect(budgetMs);
  return { labels, samples };
}

async function silentTargets(targets: readonly Target[]): Promise<string[]> {
  const answers = await Promise.all(targets.map(({ collection }) => collection.inContact(contactMs)));
  return targets.flatMap(({ name }, index) => (answers[index] ? [] : [name]));
}
