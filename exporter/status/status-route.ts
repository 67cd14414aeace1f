import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { refreshSeconds, statusPage } from "./page.ts";
import { Status, type StatusOptions } from "./status.ts";
import { stylesheet } from "./stylesheet.ts";

/** Nothing may be loaded or run, and of what the page says of itself only its own style counts. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(stylesheet).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": policy,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

export interface StatusRouteOptions extends Omit<StatusOptions, "now"> {
  version: string;
  /** Unix time in milliseconds. Default: the clock of the machine. */
  now?: () => number;
}

/** Adds the page at /status. `?refresh=off` is the same page, standing still. */
export function addStatusRoute(server: FastifyInstance, options: StatusRouteOptions): void {
  const { version, ...rest } = options;
  const status = new Status({ now: Date.now, ...rest });
  server.addHook("onListen", () => status.start());
  server.addHook("onClose", () => status.stop());
  server.get<{ Querystring: { refresh?: string } }>("/status", async ({ query }, reply) => {
    const refreshes = query.refresh !== "off";
    if (refreshes) reply.header("refresh", String(refreshSeconds));
    return reply.headers(headers).send(statusPage(await status.view(), { version, refreshes }).text);
  });
}
