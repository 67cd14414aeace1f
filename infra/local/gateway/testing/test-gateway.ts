import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildGateway, type GatewayOptions } from "../gateway.ts";
import { deployBody } from "./deploy-body.ts";

export const projectRef = "jobstacklocalproject";
export const accessToken = `sbp_${"0123456789".repeat(4)}`;
export const jwtSecret = "super-secret-jwt-token-with-at-least-32-characters-long";

export interface TestGateway {
  url: string;
  directory: string;
  /** Calls the Management API of the project; a `body` that is no text is sent as JSON. */
  api(
    path: string,
    init?: { method?: string; body?: unknown; headers?: Record<string, string> },
  ): Promise<Response>;
  /** Deploys a function without JWT check, unless the metadata says otherwise. */
  deploy(slug: string, code: string, metadata?: Record<string, unknown>): Promise<Response>;
  call(path: string, init?: RequestInit): Promise<Response>;
  /** Lines of functions.log. */
  logs(): Promise<{ function: string; level: string; message: string }[]>;
  close(): Promise<void>;
}

/** A gateway on a port, by default a free one, with a state folder of its own. */
export async function startTestGateway({
  port = 0,
  ...options
}: Partial<GatewayOptions> & { port?: number } = {}): Promise<TestGateway> {
  const directory = await mkdtemp(path.join(tmpdir(), "jobstack-gateway-"));
  const app = await buildGateway({
    platformDirectory: path.join(directory, "state"),
    logDirectory: path.join(directory, "logs"),
    databaseUrl: "postgresql://postgres:postgres@127.0.0.1:1/postgres",
    jwtSecret,
    projectRef,
    accessToken,
    rateLimit: 0,
    ...options,
  });
  await app.listen({ host: "127.0.0.1", port });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;

  const api: TestGateway["api"] = (route, { method = "GET", body, headers } = {}) =>
    fetch(`${url}/v1/projects/${projectRef}${route}`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body !== undefined && !Buffer.isBuffer(body) && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: Buffer.isBuffer(body) ? body : JSON.stringify(body) }),
    });

  return {
    url,
    directory,
    api,
    deploy: (slug, code, metadata) => {
      const entrypoint_path = `supabase/functions/${slug}/index.ts`;
      const form = deployBody(
        { [entrypoint_path]: code },
        { entrypoint_path, verify_jwt: false, ...metadata },
      );
      const headers = { "content-type": form.contentType };
      return api(`/functions/deploy?slug=${slug}`, { method: "POST", body: form.body, headers });
    },
    call: (route, init) => fetch(`${url}/functions/v1/${route}`, init),
    logs: async () => {
      const text = await readFile(path.join(directory, "logs", "functions.log"), "utf8").catch(() => "");
      return text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
    close: async () => {
      await app.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
