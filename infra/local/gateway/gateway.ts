import type { AddressInfo } from "node:net";
import path from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import type { ProjectFacts } from "./functions/function-environment.ts";
import { FunctionHost } from "./functions/function-host.ts";
import { FunctionLog } from "./functions/function-log.ts";
import { functionsApi } from "./functions/functions-api.ts";
import { createApiKeys, createJwtCheck } from "./jwt.ts";
import { managementApi } from "./management-api/management-api.ts";
import { storageApi } from "./storage/storage-api.ts";
import { openPlatformStore } from "./store.ts";

export interface GatewayOptions {
  /** Folder for everything that must survive a restart; only its owner can open it. */
  platformDirectory: string;
  logDirectory: string;
  databaseUrl: string;
  jwtSecret: string;
  projectRef: string;
  accessToken: string;
  /** Management API requests per minute, 0 for no limit. Default 120, as Supabase. */
  rateLimit?: number;
  /** Hosts that functions may reach besides this machine, as Deno's --allow-net takes them. Default: none. */
  allowNet?: string;
  /** Time until a function's response must begin, in milliseconds. Default 150 s, as Supabase. */
  requestTimeoutMs?: number;
  /** Lifetime of a function's process, in milliseconds. Default 400 s, as on Supabase's paid plans. */
  wallClockMs?: number;
  /** Time for a function to start listening, in milliseconds. Default 10 s. */
  bootTimeoutMs?: number;
  /** Time that functions get to finish when the gateway closes, in milliseconds. Default 4 s. */
  shutdownMs?: number;
  /** Environment in which the imports of functions are downloaded. Default: that of this process. */
  environment?: NodeJS.ProcessEnv;
}

const loopback = "127.0.0.1";

/** The platform's API: Edge Functions, Storage, and the Management API. The caller makes it listen. */
export async function buildGateway(options: GatewayOptions): Promise<FastifyInstance> {
  const { platformDirectory, jwtSecret, accessToken, databaseUrl, projectRef } = options;
  const app = Fastify({ exposeHeadRoutes: false, forceCloseConnections: "idle" });
  const apiKeys = await createApiKeys(jwtSecret);
  const project = (): ProjectFacts => ({ projectRef, databaseUrl, apiKeys, apiUrl: addressOf(app) });
  const store = await openPlatformStore(platformDirectory);
  const log = new FunctionLog(options.logDirectory);
  const denoDirectory = path.join(platformDirectory, "deno");
  const host = new FunctionHost({
    store,
    log,
    denoDirectory,
    project,
    confidential: [apiKeys.serviceRole, jwtSecret, accessToken, databaseUrl],
    allowNet: [loopback, "localhost", options.allowNet].filter(Boolean).join(","),
    bootTimeoutMs: options.bootTimeoutMs ?? 10_000,
    wallClockMs: options.wallClockMs ?? 400_000,
    memoryMegabytes: 256,
  });
  const closing = new AbortController();

  app.get("/healthz", async () => ({ status: "ok" }));
  await app.register(functionsApi, {
    functions: store.functions,
    host,
    checkJwt: createJwtCheck(jwtSecret),
    requestTimeoutMs: options.requestTimeoutMs ?? 150_000,
  });
  await app.register(storageApi, { prefix: "/storage/v1", databaseUrl, jwtSecret, platformDirectory });
  await app.register(managementApi, {
    prefix: "/v1",
    store,
    host,
    project,
    accessToken,
    rateLimit: options.rateLimit ?? 120,
    denoDirectory,
    environment: options.environment ?? process.env,
    closing: closing.signal,
  });

  app.addHook("onListen", async () => {
    for (const { slug } of store.functions.list()) host.warm(slug);
  });
  app.addHook("preClose", async () => {
    closing.abort();
    // A connection whose last answer goes out while the server closes would be kept for the next request, and wait with it.
    app.server.keepAliveTimeout = 1;
    await host.stop(options.shutdownMs ?? 4_000);
  });
  app.addHook("onClose", () => log.close());
  return app;
}

function addressOf(app: FastifyInstance): string {
  const address = app.server.address() as AddressInfo | null;
  return `http://${loopback}:${address?.port ?? 0}`;
}
