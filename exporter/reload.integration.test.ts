import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TLSSocket } from "node:tls";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { freePort } from "../test/support/free-port.ts";
import { createTestDatabase, type TestDatabase } from "../test/support/test-database.ts";
import { installMetrics } from "./testing/install-metrics.ts";

let shop: TestDatabase;
let blog: TestDatabase;
let urls: { shop: string; blog: string };
let folder: string;
let port: number;
let running: ReturnType<typeof start> | null = null;
let logged: string;

beforeAll(async () => {
  [shop, blog] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  urls = { shop: await installMetrics(shop.url), blog: await installMetrics(blog.url) };
});

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "jobstack-reload-"));
  port = await freePort();
  logged = "";
});

afterEach(async () => {
  running?.kill("SIGKILL");
  await running;
  running = null;
  rmSync(folder, { recursive: true, force: true });
});

afterAll(async () => {
  await shop?.drop();
  await blog?.drop();
});

function write(name: string, content: string): string {
  writeFileSync(path.join(folder, name), content);
  return path.join(folder, name);
}

function configure(...lines: string[]): void {
  write("exporter.yaml", [`listen: { port: ${port} }`, ...lines].join("\n"));
}

function start() {
  return execa(
    "node",
    ["--import", "tsx", "cli/jobstack.ts", "exporter", "--config", `${folder}/exporter.yaml`],
    {
      env: { PATH: process.env.PATH ?? "" },
      extendEnv: false,
      reject: false,
    },
  );
}

async function startReady(): Promise<void> {
  const child = start();
  running = child;
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  child.stderr.on("data", (chunk) => {
    logged += chunk;
  });
  await vi.waitFor(() => expect(printed, logged).toBe("ready\n"), 20_000);
}

/** Sends SIGHUP and waits until the log says what came of it. */
async function reload(outcome: "reloaded" | "not reloaded"): Promise<void> {
  const seen = logged.length;
  running?.kill("SIGHUP");
  await vi.waitFor(() => expect(logged.slice(seen)).toContain(`"configuration ${outcome}`), 20_000);
}

/** The series with this name, and their values. */
async function shown(metric: string, authorization = ""): Promise<string[]> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization } });
  if (!response.ok) return [String(response.status)];
  const text = await response.text();
  return text.split("\n").flatMap((line) => (line.startsWith(`${metric}{`) ? line.slice(metric.length) : []));
}

const target = (name: string, url: string) => `  - { name: ${name}, databaseUrl: "${url}" }`;
const of = (project: string, value: number) => `{environment="local",project="${project}"} ${value}`;

it("takes a new configuration over on SIGHUP, and goes on with the targets that it leaves alone", async () => {
  configure("targets:", target("shop", urls.shop));
  await startReady();
  const collections = "jobstack_exporter_collections_total";
  expect(await shown(collections)).toEqual([of("shop", 1)]);

  write("token", "t0ken\n");
  configure(
    "auth: { bearerTokenFile: token }",
    "targets:",
    target("blog", urls.blog),
    target("shop", urls.shop),
  );
  await reload("reloaded");
  expect(await shown(collections)).toEqual(["401"]);
  expect(await shown(collections, "Bearer t0ken")).toEqual([of("blog", 1), of("shop", 2)]);

  write("token", "0ther\n");
  await reload("reloaded");
  expect(await shown(collections, "Bearer t0ken")).toEqual(["401"]);
  expect(await shown(collections, "Bearer 0ther")).toEqual([of("blog", 2), of("shop", 3)]);
  expect(logged).not.toContain("t0ken");
});

it("stays as it is when the new configuration is wrong or needs a restart, and says so", async () => {
  configure("targets:", target("shop", urls.shop));
  await startReady();
  const successful = "jobstack_exporter_config_last_reload_successful";
  const readAt = "jobstack_exporter_config_last_reload_success_timestamp_seconds";
  const [before] = await shown(readAt);
  expect(await shown(successful)).toEqual(['{environment="local"} 1']);

  configure("targets:", target("shop", "mysql://root:hunter2@db"));
  await reload("not reloaded");
  expect(logged).toContain("targets[0].databaseUrl: not a Postgres URL");
  expect(logged).not.toContain("hunter2");
  expect(await shown(successful)).toEqual(['{environment="local"} 0']);
  expect(await shown(readAt)).toEqual([before]);
  expect(await shown("jobstack_exporter_collections_total")).toEqual([of("shop", 5)]);

  write("exporter.yaml", ["listen: { port: 1 }", "targets:", target("shop", urls.shop)].join("\n"));
  await reload("not reloaded");
  expect(logged).toContain("listen: needs a restart to change; restart, or change it back");

  configure("targets:", target("shop", urls.shop));
  await reload("reloaded");
  expect(await shown(successful)).toEqual(['{environment="local"} 1']);
  expect(await shown(readAt)).not.toEqual([before]);
});

// openssl comes with PostgreSQL on Debian and Ubuntu.
it("serves HTTPS, and with a new certificate after SIGHUP", async () => {
  const first = await makeCertificate("first");
  configure("tls: { certFile: cert.pem, keyFile: key.pem }", "targets:", target("shop", urls.shop));
  await startReady();
  expect(await subjectSeenBy(first)).toBe("first");
  const second = await makeCertificate("second");
  await reload("reloaded");
  expect(await subjectSeenBy(second)).toBe("second");
  await expect(subjectSeenBy(first)).rejects.toThrow(/certificate/);
});

/** Self-signed, for this machine; returns the certificate. */
async function makeCertificate(subject: string): Promise<string> {
  const files = ["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`];
  const options = [
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
  ];
  const names = ["-subj", `/CN=${subject}`, "-addext", "subjectAltName=IP:127.0.0.1"];
  await execa("openssl", ["req", ...options, ...names, ...files]);
  return readFileSync(`${folder}/cert.pem`, "utf8");
}

/** The name in the certificate that a client sees who trusts `ca` alone. */
function subjectSeenBy(ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = https.get({ host: "127.0.0.1", port, path: "/healthz", ca, agent: false }, (response) => {
      response.resume();
      const subject = (response.socket as TLSSocket).getPeerCertificate().subject.CN;
      response.on("end", () => resolve(String(subject)));
    });
    request.on("error", reject);
  });
}
